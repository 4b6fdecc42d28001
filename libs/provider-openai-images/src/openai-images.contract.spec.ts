import { CONTRACT_REQUEST, describeProvider } from 'penstock/plugin-api/testing';

import { IMAGES, refusal } from './documented.fixture.js';
import { OpenAiImagesProvider } from './openai-images.provider.js';

describeProvider({
  name: 'openai-images',
  create: () => new OpenAiImagesProvider(),
  jobId: CONTRACT_REQUEST.attemptId,
  submit: { route: 'POST /images/generations', answer: { json: IMAGES } },
  verify: { route: 'GET /models', answer: { json: { object: 'list', data: [] } } },
  failures: {
    unauthorized: refusal(401, 'invalid_request_error', 'invalid_api_key'),
    quota_exhausted: refusal(429, 'insufficient_quota', 'insufficient_quota'),
    content_policy: refusal(400, 'image_generation_user_error', 'moderation_blocked'),
    invalid_request: refusal(400, 'invalid_request_error', 'invalid_value', 'size'),
  },
});
