// Answers in the shapes that fal documents, with values of our own: https://fal.ai/docs/documentation/model-apis/inference/queue,
// its OpenAPI document https://fal.ai/docs/api-reference/inference-api/openapi/queue.json and https://docs.fal.ai/errors

const PLACE = 'https://queue.fal.run/fal-ai/veo3/requests/764cabcf-b745-4b3e-ae38-1200304cf45b';

/** The answer to `POST /fal-ai/veo3`. */
export const SUBMITTED = {
  request_id: '764cabcf-b745-4b3e-ae38-1200304cf45b',
  response_url: PLACE,
  status_url: `${PLACE}/status`,
  cancel_url: `${PLACE}/cancel`,
  queue_position: 2,
};

/** A request that waits. */
export const IN_QUEUE = { status: 'IN_QUEUE', queue_position: 0, response_url: PLACE };

/** A request that runs; nothing tells how far it is. */
export const IN_PROGRESS = { status: 'IN_PROGRESS', logs: [], response_url: PLACE };

/** A request that has ended, well or not. */
export const COMPLETED = {
  status: 'COMPLETED',
  logs: [],
  response_url: PLACE,
  metrics: { inference_time: 3.7 },
};

/** The result of a model of videos. */
export const VIDEO = {
  video: {
    url: 'https://v3.fal.media/files/penguin/out.mp4',
    content_type: 'video/mp4',
    file_size: 4_404_019,
  },
};

/** The result of a model of images. */
export const IMAGES = {
  images: [{ url: 'https://v3.fal.media/files/zebra/out.jpeg', width: 1024, height: 768 }],
  seed: 42,
};

/** The result of a request that was refused because of its prompt; its status is 422. */
export const VIOLATION = {
  detail: [
    {
      loc: ['body', 'prompt'],
      msg: 'The content could not be processed because it was flagged by a content checker.',
      type: 'content_policy_violation',
      url: 'https://docs.fal.ai/errors#content_policy_violation',
    },
  ],
};

/** The body of a callback: https://fal.ai/docs/documentation/model-apis/inference/webhooks */
export const CALLBACK = {
  request_id: SUBMITTED.request_id,
  gateway_request_id: SUBMITTED.request_id,
  status: 'OK',
  payload: VIDEO,
};
