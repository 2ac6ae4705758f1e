/** What becomes of a column. */
export type Target =
  | { readonly kind: 'ignore' }
  | { readonly kind: 'field'; readonly field: string }
  | { readonly kind: 'profile_id' }
  | { readonly kind: 'subscription'; readonly resourceId: number; readonly channel: 'email' | 'sms' };

export const dateOrders = ['ymd', 'dmy', 'mdy'] as const;
export type DateOrder = (typeof dateOrders)[number];

/** Types of fields as the API names them, those of standard fields among them. */
export type FieldType =
  | 'int'
  | 'float'
  | 'string'
  | 'bool'
  | 'date'
  | 'datetime'
  | 'enum'
  | 'ip'
  | 'tags'
  | 'object'
  | 'objects'
  | 'email'
  | 'phones'
  | 'sex'
  | 'zone';

export interface ColumnMapping {
  readonly target: Target;
  /** In which order dates stand in the column. */
  readonly dates: DateOrder;
}

export const IGNORED: ColumnMapping = { target: { kind: 'ignore' }, dates: 'ymd' };

/** The types of the standard fields. */
export const standardTypes: Readonly<Record<string, FieldType>> = {
  email: 'email',
  phones: 'phones',
  _fname: 'string',
  _lname: 'string',
  _bdate: 'date',
  _sex: 'sex',
  _regdate: 'datetime',
  _regip: 'ip',
  _regcity: 'string',
  _regcountry: 'string',
  _regurl: 'string',
  _ip: 'ip',
  _city: 'string',
  _country: 'string',
  _region: 'string',
  _postal_code: 'string',
  _tz: 'zone',
  _lat: 'float',
  _lon: 'float',
  _vendor: 'string',
  _status: 'int',
};
