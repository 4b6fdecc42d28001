// Examples from the documentation of the Luma Agents API, https://docs.agents.lumalabs.ai: guides/videos/generation,
// guides/image-generation and guides/error-handling. Where an example is of an image, the video has its shape.

/** What `POST /generations` is sent for a video; in guides/videos/generation, without its end frame. */
export const VIDEO_REQUEST = {
  prompt: 'Slow dolly-in on a glass jar of moisturizer on wet slate, steam curling, morning backlight',
  model: 'ray-3.2',
  type: 'video',
  aspect_ratio: '16:9',
  video: {
    resolution: '720p',
    duration: '5s',
    loop: false,
    hdr: false,
    start_frame: { url: 'https://example.com/first.jpg' },
  },
};

/** What it is sent for an image that begins with another one in base64; in guides/image-generation. */
export const IMAGE_REQUEST = {
  prompt: 'Reimagine this in watercolor style',
  image_ref: [{ data: 'iVBORw0KGgoAAAANSUhEUgAAAAUA', media_type: 'image/png' }] as const,
};

/** The answer to both, with status 201; in guides/image-generation. */
export const QUEUED = {
  id: 'd290f1ee-6c54-4b01-90e6-d701748f0851',
  type: 'image',
  state: 'queued',
  model: 'uni-1',
  created_at: '2026-04-08T12:00:00Z',
  output: [] as readonly { readonly type: string; readonly url: string }[],
  failure_reason: null as string | null,
  failure_code: null as string | null,
};

/** A generation that is completed; its URLs are good for an hour. */
export const COMPLETED = {
  ...QUEUED,
  state: 'completed',
  output: [
    {
      type: 'image',
      url: 'https://storage.example.com/generations/d290f1ee/output.png?X-Amz-Expires=3600',
    },
  ],
};

/** One that has failed; in guides/error-handling. */
export const FAILED = {
  ...QUEUED,
  state: 'failed',
  failure_reason: 'Description of what went wrong',
  failure_code: 'generation_failed',
};

/** Refusals, by their status; in guides/error-handling. */
export const REFUSALS = {
  400: { detail: "Invalid aspect_ratio '4:3'. Valid: 1:1, 1:2, 1:3, 16:9, 2:1, 2:3, 3:1, 3:2, 9:16" },
  401: { detail: 'Invalid API key' },
  402: { detail: 'Insufficient credits. Please add credits to continue.' },
  403: { detail: 'API client is suspended' },
  404: { detail: 'Generation not found' },
  413: { detail: 'Image exceeds 50 MB size limit' },
  422: { detail: 'source: failed to fetch URL (HTTP 404)' },
  429: { detail: 'Too many concurrent jobs' },
  502: { detail: 'Upstream service unavailable' },
  503: { detail: 'Image URL ingestion unavailable' },
} as const;
