// Answers in the shapes that the documentation of Wan on Model Studio describes, put together by hand:
// https://www.alibabacloud.com/help/en/model-studio/legacy-wan-text-to-video-api-reference and
// https://www.alibabacloud.com/help/en/model-studio/manage-asynchronous-tasks

/** The answer to the creation of a task. */
export const CREATED = {
  output: { task_status: 'PENDING', task_id: '0385dc79-5ff8-4d82-bcb6-xxxxxx' },
  request_id: '4909100c-7b5a-9f92-bfe5-xxxxxx',
};

/** A task that succeeded; the URL is good for 24 hours. */
export const SUCCEEDED = {
  request_id: '4c87e22d-dfaf-95bb-aadc-xxxxxx',
  output: {
    task_id: '0385dc79-5ff8-4d82-bcb6-xxxxxx',
    task_status: 'SUCCEEDED',
    submit_time: '2025-07-27 21:05:15.212',
    scheduled_time: '2025-07-27 21:05:15.232',
    end_time: '2025-07-27 21:07:58.027',
    video_url: 'https://dashscope-result-wlcb.oss-cn-wulanchabu.aliyuncs.com/1d/xxx.mp4?Expires=xxxxxx',
  },
  usage: { video_duration: 5, video_count: 1, SR: 1080 },
};

/** A task that failed. */
export const FAILED = {
  request_id: 'e5d70b02-ebd3-98ce-9fe8-759d7d7b107d',
  output: {
    task_id: '0385dc79-5ff8-4d82-bcb6-xxxxxx',
    task_status: 'FAILED',
    code: 'InvalidParameter',
    message: 'The size is not match xxxxxx',
  },
};

/** What a query for a task says that has expired. */
export const EXPIRED = {
  request_id: 'a4de7c32-7057-9f82-8581-xxxxxx',
  output: { task_id: '0385dc79-5ff8-4d82-bcb6-xxxxxx', task_status: 'UNKNOWN' },
};

/** Types of media, and the parameters by which a task is made: https://github.com/dashscope/dashscope-sdk-python/blob/main/dashscope/aigc/video_synthesis.py */
export const MEDIA = { FIRST_FRAME: 'first_frame' };
export const PARAMETERS_27: readonly string[] = [
  ...['size', 'duration', 'seed', 'prompt_extend', 'watermark', 'resolution', 'ratio'],
  ...['shot_type', 'audio_setting', 'enable_thinking'],
];
