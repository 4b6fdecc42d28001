// Answers in the shapes that Luma documents, with values of our own: https://docs.lumalabs.ai/docs/video-generation and, generated from its OpenAPI
// document, https://github.com/lumalabs/lumaai-python/blob/main/src/lumaai/types/generation.py

/** A generation that waits. */
export const QUEUED = {
  id: 'd1968551-6113-4b46-b567-09210c2e79b0',
  generation_type: 'video',
  state: 'queued',
  failure_reason: null as string | null,
  created_at: '2024-12-20T14:24:48.063Z',
  assets: null as { video: string } | null,
  model: 'ray-2',
  request: {
    generation_type: 'video',
    prompt: 'A teddy bear in sunglasses playing electric guitar and dancing',
    aspect_ratio: '16:9',
    loop: false,
    keyframes: null,
    callback_url: null,
    model: 'ray-2',
    resolution: '720p',
    duration: '5s',
  },
};

/** A generation that is completed. */
export const COMPLETED = {
  ...QUEUED,
  state: 'completed',
  assets: { video: 'https://storage.cdn-luma.com/dream_machine/d1968551/result.mp4' },
};

/** The balance in US cents: https://docs.lumalabs.ai/changelog/callbacks-and-credits-balance */
export const CREDITS = { credit_balance: 2_500 };
