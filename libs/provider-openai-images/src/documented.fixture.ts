// Answers in the shapes that OpenAI documents, with values of our own:
// https://platform.openai.com/docs/api-reference/images/create and, generated from its OpenAPI document,
// https://github.com/openai/openai-node/blob/master/src/resources/images.ts

/** The smallest image: one pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** The answer of a GPT image model. */
export const IMAGES = {
  created: 1713833628,
  background: 'opaque',
  output_format: 'png',
  quality: 'high',
  size: '1024x1024',
  data: [{ b64_json: PIXEL }],
  usage: {
    total_tokens: 100,
    input_tokens: 50,
    output_tokens: 50,
    input_tokens_details: { text_tokens: 10, image_tokens: 40 },
  },
};

/** An error, by https://platform.openai.com/docs/guides/error-codes */
export const refusal = (status: number, type: string, code: string | null, param: string | null = null) => ({
  status,
  json: { error: { message: 'Refused.', type, param, code } },
});
