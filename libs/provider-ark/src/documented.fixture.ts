// Answers in the shapes that ModelArk documents, with values of our own: https://docs.byteplus.com/en/docs/ModelArk/1520757 (create) and
// https://docs.byteplus.com/en/docs/ModelArk/1521309 (retrieve)

/** The answer to the creation of a task. */
export const CREATED = { id: 'cgt-2026****-****' };

/** A task that succeeded; the URL is good for 24 hours. */
export const SUCCEEDED = {
  id: 'cgt-2026****-****',
  model: 'dreamina-seedance-2-0-260128',
  status: 'succeeded',
  content: { video_url: 'https://ark-content-generation.tos-ap-southeast-1.bytepluses.com/xxx' },
  usage: { completion_tokens: 108900, total_tokens: 108900 },
  created_at: 1779348818,
  updated_at: 1779348874,
  seed: 78674,
  resolution: '720p',
  ratio: '16:9',
  duration: 5,
  framespersecond: 24,
  service_tier: 'default',
  execution_expires_after: 172800,
};
