import type { UserObject } from '../../../../src/http/admin/account-contract.ts';

/** As the server answers when it has made a password: once. */
export interface UserWithPassword extends UserObject {
  readonly password?: string;
}
