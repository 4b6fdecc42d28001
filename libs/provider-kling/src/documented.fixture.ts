// Answers in the shapes that Kling documents, with values of our own: https://app.klingai.com/global/dev/document-api/apiReference/model/textToVideo

/** What a creation is sent, as the documentation shows it, with an id and a URL where it has empty texts. */
export const REQUEST = {
  model_name: 'kling-v2-6',
  prompt:
    'A cute little rabbit wearing glasses, sitting at a table, reading a newspaper, with a cup of cappuccino on the table',
  negative_prompt: 'rain',
  duration: '5',
  mode: 'pro',
  sound: 'on',
  aspect_ratio: '1:1',
  callback_url: 'https://penstock.test/hooks/kling/s3cret?endpoint=text2video',
  external_task_id: 'attempt-1',
};

/** The answer to the creation of a task. */
export const SUBMITTED = {
  code: 0,
  message: 'SUCCEED',
  request_id: 'c0656403-1e6e-4b7e-b8f8-2cdd2595f2b9',
  data: {
    task_id: '867283741759111202',
    task_info: { external_task_id: 'attempt-1' },
    task_status: 'submitted',
    created_at: 1722769557708,
    updated_at: 1722769557708,
  },
};

/** A task that succeeded, of which a mark was asked for. */
export const SUCCEEDED = {
  ...SUBMITTED,
  data: {
    ...SUBMITTED.data,
    task_status: 'succeed',
    task_status_msg: '',
    watermark_info: { enabled: true },
    task_result: {
      videos: [
        {
          id: 'string',
          url: 'https://p1.a.kwimgs.com/bs2/upload-ylab-stunt/special-effect/output/HB1_PROD/out.mp4',
          watermark_url:
            'https://p1.a.kwimgs.com/bs2/upload-ylab-stunt/special-effect/output/HB1_PROD/marked.mp4',
          duration: '5.1',
        },
      ],
    },
  },
};

/** The body of a callback: https://app.klingai.com/global/dev/document-api/apiReference/callbackProtocol */
export const CALLBACK = {
  task_id: SUBMITTED.data.task_id,
  task_status: 'succeed',
  task_status_msg: '',
  created_at: 1722769557708,
  updated_at: 1722769557708,
  final_unit_deduction: '3.5',
  task_info: { external_task_id: 'attempt-1' },
  task_result: {
    images: [],
    videos: [
      {
        id: 'string',
        url: 'https://p1.a.kwimgs.com/bs2/upload-ylab-stunt/special-effect/output/HB1_PROD/out.mp4',
        duration: '5.1',
      },
    ],
  },
};
