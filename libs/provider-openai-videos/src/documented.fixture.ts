// Examples from the official documentation of the OpenAI Videos API, as it shows them: the reference,
// https://developers.openai.com/api/reference/resources/videos, and the guide, https://developers.openai.com/api/docs/guides/video-generation

/** The answer to `POST /videos`; in the reference. */
export const CREATED = {
  id: 'video_123',
  object: 'video',
  model: 'sora-2',
  status: 'queued',
  progress: 0,
  created_at: 1712697600,
  size: '1024x1792',
  seconds: '8',
  quality: 'standard',
};

/** The answer to `GET /videos/{id}`; in the guide. */
export const IN_PROGRESS = {
  id: 'video_68d7512d07848190b3e45da0ecbebcde004da08e1e0678d5',
  object: 'video',
  created_at: 1758941485,
  status: 'in_progress',
  model: 'sora-2-pro',
  progress: 33,
  seconds: '8',
  size: '1280x720',
};

/** The answer to `GET /videos`, which tells no more than this; in the reference. */
export const LIST = {
  data: [{ id: 'video_123', object: 'video', model: 'sora-2', status: 'completed' }],
  object: 'list',
};

/** What `POST /videos/video_123/remix` is sent; in the reference. */
export const REMIX = {
  prompt: 'Extend the scene with the cat taking a bow to the cheering audience',
};

/** The answer to {@link REMIX}. */
export const REMIXED = {
  id: 'video_456',
  object: 'video',
  model: 'sora-2',
  status: 'queued',
  progress: 0,
  created_at: 1712698600,
  size: '720x1280',
  seconds: '8',
  remixed_from_video_id: 'video_123',
};

/** The form that `POST /videos` is sent with an image, `input_reference`; in the guide. */
export const WITH_IMAGE = {
  prompt: 'She turns around and smiles, then slowly walks out of the frame.',
  model: 'sora-2-pro',
  size: '1280x720',
  seconds: '8',
  input_reference: '@sample_720p.jpeg;type=image/jpeg',
};

/** Each field of a video by its type; in the reference. */
export const EACH_FIELD = {
  id: 'id',
  completed_at: 0,
  created_at: 0,
  error: { code: 'code', message: 'message' },
  expires_at: 0,
  model: 'sora-2',
  object: 'video',
  progress: 0,
  prompt: 'prompt',
  remixed_from_video_id: 'remixed_from_video_id',
  seconds: 'string',
  size: '720x1280',
  status: 'queued',
};

/** The files of a completed video: the query that asks for each, and the name that the guide gives it. */
export const FILES = [
  { asset: 'video', query: null, file: 'video.mp4' },
  { asset: 'thumbnail', query: 'variant=thumbnail', file: 'thumbnail.webp' },
  { asset: 'spritesheet', query: 'variant=spritesheet', file: 'spritesheet.jpg' },
] as const;

/** Errors have these four; https://platform.openai.com/docs/guides/error-codes. The values are those of a key that is wrong. */
export const REFUSED = {
  error: {
    message: 'Incorrect API key provided.',
    type: 'invalid_request_error',
    param: null,
    code: 'invalid_api_key',
  },
};
