// Answers in the shapes that Runway documents, with values of our own: https://docs.dev.runwayml.com/api and, generated from its OpenAPI document,
// https://github.com/runwayml/sdk-node/blob/main/src/resources/tasks.ts and text-to-video.ts

/** The answer to `POST /v1/text_to_video`. */
export const CREATED = { id: '497f6eca-6276-4993-bfeb-53cbbbba6f08' };

/** A task that is kept until others of the organisation have ended: https://docs.dev.runwayml.com/usage/tiers/ */
export const THROTTLED = {
  id: '497f6eca-6276-4993-bfeb-53cbbbba6f08',
  status: 'THROTTLED',
  createdAt: '2024-06-27T19:49:32.334Z',
};

/** A task that runs; progress is from 0 to 1. */
export const RUNNING = { ...THROTTLED, status: 'RUNNING', progress: 0.4 };

/** A task that has ended well; the URLs expire within 24 to 48 hours. */
export const SUCCEEDED = {
  ...THROTTLED,
  status: 'SUCCEEDED',
  output: ['https://dnznrvs05pmza.cloudfront.net/output.mp4?_jwt=x'],
};

/** A task that was refused because of its text. */
export const FAILED = {
  ...THROTTLED,
  status: 'FAILED',
  failure: 'The text was flagged by our content moderation system.',
  failureCode: 'SAFETY.INPUT.TEXT',
};
