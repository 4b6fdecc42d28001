import type { EventFormat } from './generation.entity.js';

/** How a body spells what every request has, so that errors name the field as its sender knows it. */
export interface RequestFields {
  /** What stands before the name of a parameter. */
  readonly parameters: string;
  readonly reference: string;
  /** The URL in {@link RequestFields.reference}. */
  readonly referenceUrl: string;
  /** The words in which its sender is told of the generation. */
  readonly eventFormat: EventFormat;
}

/** The fields of `POST /v1/generations`. */
export const NATIVE_FIELDS: RequestFields = {
  parameters: 'input.',
  reference: 'input.inputReference',
  referenceUrl: 'input.inputReference.imageUrl',
  eventFormat: 'native',
};

/** The fields of `POST /v1/videos`. */
export const VIDEO_FIELDS: RequestFields = {
  parameters: '',
  reference: 'input_reference',
  referenceUrl: 'input_reference.image_url',
  eventFormat: 'openai',
};

/** The fields of `POST /v1/images/generations`, which the OpenAI API has no events for. */
export const IMAGE_FIELDS: RequestFields = {
  parameters: '',
  reference: 'image',
  referenceUrl: 'image',
  eventFormat: 'native',
};

/** The fields of `POST /v1/chat/completions`. */
export const CHAT_FIELDS: RequestFields = {
  parameters: '',
  reference: 'image_url',
  referenceUrl: 'messages.content.image_url.url',
  eventFormat: 'native',
};
