// Examples from the official documentation of Replicate, as it shows them.

/** The answer to `predictions.create`: https://replicate.com/docs/reference/http#predictions.create */
export const CREATED = {
  id: 'gm3qorzdhgbfurvjtvhg6dckhu',
  model: 'replicate/hello-world',
  version: '5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa',
  input: {
    text: 'Alice',
  },
  logs: '',
  error: null,
  status: 'starting',
  created_at: '2023-09-08T16:19:34.765994657Z',
  urls: {
    cancel: 'https://api.replicate.com/v1/predictions/gm3qorzdhgbfurvjtvhg6dckhu/cancel',
    get: 'https://api.replicate.com/v1/predictions/gm3qorzdhgbfurvjtvhg6dckhu',
  },
};

/** The answer to `predictions.get`: https://replicate.com/docs/reference/http#predictions.get */
export const SUCCEEDED = {
  id: 'gm3qorzdhgbfurvjtvhg6dckhu',
  model: 'replicate/hello-world',
  version: '5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa',
  input: {
    text: 'Alice',
  },
  logs: '',
  output: 'hello Alice',
  error: null,
  status: 'succeeded',
  created_at: '2023-09-08T16:19:34.765994Z',
  started_at: '2023-09-08T16:19:34.779176Z',
  completed_at: '2023-09-08T16:19:34.791859Z',
  metrics: {
    predict_time: 0.012683,
  },
  urls: {
    cancel: 'https://api.replicate.com/v1/predictions/gm3qorzdhgbfurvjtvhg6dckhu/cancel',
    get: 'https://api.replicate.com/v1/predictions/gm3qorzdhgbfurvjtvhg6dckhu',
  },
};

/** The body of a callback: https://replicate.com/docs/topics/webhooks/receive-webhook */
export const CALLBACK = {
  id: 'ufawqhfynnddngldkgtslldrkq',
  version: '5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa',
  created_at: '2022-04-26T22:13:06.224088Z',
  started_at: null,
  completed_at: null,
  status: 'starting',
  input: {
    text: 'Alice',
  },
  output: null,
  error: null,
  logs: null,
  metrics: {},
};

/**
 * The fields of the input of `minimax/hailuo-2.3` with their defaults, and a prompt and an image of our own:
 * https://replicate.com/minimax/hailuo-2.3/versions/23a02633b5a44780345a59d4d43f8bd510efa239c56f08f29639ff24fa6615e1/api
 */
export const HAILUO_INPUT = {
  prompt: 'a cat',
  duration: 6,
  resolution: '768p',
  prompt_optimizer: true,
  first_frame_image: 'https://img.test/a.png',
};
