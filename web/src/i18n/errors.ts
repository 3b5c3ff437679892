import type { ErrorCode } from '../protocol/generated';
import type { PlainKey } from './translate';

/** Refusals that this client makes itself, where the server can't be asked. */
export type ClientCode = 'client.offline' | 'client.broken';

/** A sentence of ours for every refusal. A newer server's code shows the server's own. */
const errorKeys: Readonly<Record<ErrorCode | ClientCode, PlainKey>> = {
  'request.malformed': 'error.broken',
  'request.unknown': 'error.outdated',
  'request.invalid': 'error.invalid',
  'request.too_large': 'error.tooLarge',
  'request.not_greeted': 'error.broken',
  'request.forbidden': 'error.forbidden',
  'request.rate_limited': 'error.tooFast',
  'request.conflict': 'error.conflict',
  'request.timeout': 'error.timeout',
  'request.unavailable': 'error.unavailable',
  'request.internal': 'error.internal',
  'auth.required': 'error.signInRequired',
  'auth.token_invalid': 'error.signedOut',
  'auth.token_expired': 'error.signedOut',
  'auth.revoked': 'error.revoked',
  'auth.wrong_credentials': 'error.wrongCredentials',
  'auth.throttled': 'error.throttled',
  'auth.name_taken': 'error.nameTaken',
  'auth.name_invalid': 'error.nameInvalid',
  'auth.password_weak': 'error.passwordWeak',
  'auth.password_length': 'error.passwordLength',
  'auth.refresh_reused': 'error.refreshReused',
  'auth.device_unknown': 'error.deviceUnknown',
  'auth.user_unknown': 'error.userUnknown',
  'auth.avatar_invalid': 'error.avatarInvalid',
  'auth.guest_forbidden': 'error.guestForbidden',
  'rooms.unknown': 'error.roomUnknown',
  'rooms.not_member': 'error.notMember',
  'rooms.member_unknown': 'error.memberUnknown',
  'rooms.full': 'error.roomFull',
  'rooms.banned': 'error.banned',
  'rooms.muted': 'error.muted',
  'rooms.role_too_low': 'error.roleTooLow',
  'rooms.owner_stays': 'error.ownerStays',
  'rooms.private': 'error.roomPrivate',
  'rooms.invite_invalid': 'error.inviteInvalid',
  'rooms.invite_expired': 'error.inviteExpired',
  'rooms.name_invalid': 'error.roomNameInvalid',
  'rooms.too_many': 'error.tooManyRooms',
  'rooms.capacity_too_low': 'error.capacityTooLow',
  'chat.empty': 'error.empty',
  'chat.too_long': 'error.tooLong',
  'chat.not_yours': 'error.notYours',
  'chat.entry_unknown': 'error.entryUnknown',
  'chat.entry_deleted': 'error.entryDeleted',
  'chat.slow_mode': 'error.slowMode',
  'chat.reaction_invalid': 'error.reactionInvalid',
  'chat.too_many_reactions': 'error.tooManyReactions',
  'chat.client_id_reused': 'error.broken',
  'session.unknown': 'error.sessionUnknown',
  'session.version_unsupported': 'error.outdated',
  'session.too_many_followed': 'error.tooManyFollowed',
  'client.offline': 'error.offline',
  'client.broken': 'error.broken',
};

export function errorKey(code: string): PlainKey | undefined {
  return (errorKeys as Readonly<Record<string, PlainKey>>)[code];
}
