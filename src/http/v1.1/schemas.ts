import { Type } from 'typebox';
import { taskData } from '../admin/contract.ts';

/** Shapes of /api/v1.1 for the OpenAPI document; nothing is checked by them. */

const tokenKey = Type.String({ description: 'API token, unless it stands in the header or the address' });

const commonKeys = {
  token: Type.Optional(tokenKey),
  format: Type.Optional(
    Type.Enum(['json', 'xml'], { description: 'of the answer; that of the body where it is not given' }),
  ),
};

export const failure = Type.Object(
  {
    error: Type.Enum([400, 401, 403, 404, 409, 429, 500]),
    error_debug: Type.Optional(Type.String({ description: 'the field at fault and what was expected' })),
    error_text: Type.String(),
  },
  { description: 'Failures have HTTP status 200 too, unless MUSTER_HTTP_STATUS is mirror' },
);

const successKeys = {
  error: Type.Literal(0),
  error_text: Type.Literal('Successful operation'),
};

const matchingKeys = {
  matching: Type.Optional(
    Type.Enum(['email', 'email_profile', 'phone', 'profile_id', 'custom'], { default: 'email' }),
  ),
  email: Type.Optional(Type.String()),
  phone: Type.Optional(Type.String()),
  profile_id: Type.Optional(Type.String()),
  field_name: Type.Optional(Type.String({ description: 'for matching custom' })),
  field_value: Type.Optional(Type.Unknown({ description: 'for matching custom' })),
};

const runKeys = {
  content: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: '{apicontent.x} in templates' }),
  ),
  custom_data: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
};

const fields = Type.Record(Type.String(), Type.Unknown(), { description: 'fields of the profile' });

export const importBody = Type.Object({
  ...commonKeys,
  workflow_id: Type.Integer(),
  ...matchingKeys,
  ...runKeys,
  data: Type.Array(Type.Object({ data: fields, ...matchingKeys, ...runKeys }), {
    description:
      'the profiles; a bare profile object as item, and a single object instead of a list, will do too',
  }),
});

export const importAnswer = Type.Object({ ...successKeys, task_id: Type.String({ format: 'uuid' }) });

export const statusBody = Type.Object({
  ...commonKeys,
  task_id: Type.String(),
  result_from: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
  result_limit: Type.Optional(Type.Integer({ minimum: 0 })),
});

export const statusAnswer = Type.Object({ data: taskData, ...successKeys });

export const uploadBody = Type.Object({
  ...commonKeys,
  header: Type.String({ description: 'name of the file' }),
  data: Type.String({ description: 'data:text/csv;base64,…, or base64 alone' }),
});

export const uploadAnswer = Type.Object({
  data: Type.Object({ file: Type.String({ format: 'uuid', description: 'the file_key for attach' }) }),
  ...successKeys,
});
