// Generated from contracts/ by `npm run types`; a change by hand is lost.

/**
 * Generated from contracts/ by `make docs`; a change by hand is lost.
 */
export type Protocol = Sent | Received | HttpCommand | HttpReply;
/**
 * Whatever a client sends.
 */
export type Sent = RequestFrame;
export type SocketCommand =
  | SayHello
  | Renew
  | Ping
  | Follow
  | Unfollow
  | LogOut
  | LogOutEverywhere
  | ChangePassword
  | DeleteAccount
  | UpdateProfile
  | FetchProfiles
  | FindPeople
  | ListDevices
  | RevokeDevice
  | CreateRoom
  | GetRoom
  | BrowseRooms
  | ListMyRooms
  | JoinRoom
  | LeaveRoom
  | UpdateRoom
  | DeleteRoom
  | TransferRoom
  | SetRole
  | KickMember
  | BanMember
  | UnbanMember
  | MuteMember
  | ListMembers
  | ListBans
  | CreateInvite
  | ListInvites
  | RevokeInvite
  | LookUpInvite
  | GetPresence
  | QueryPresence
  | PostMessage
  | EditMessage
  | DeleteMessage
  | React
  | Unreact
  | Type
  | MarkRead
  | CountUnread
  | ReadHistory
  | ReadSince
  | GetIceServers
  | GetRoster
  | GetRunning
  | JoinCall
  | LeaveCall
  | SetMedia
  | ReactInCall
  | Ring
  | DeclineCall
  | SendOffer
  | SendAnswer
  | SendCandidate
  | EndCandidates
  | AskRestart;
/**
 * Whatever a client receives: a reply to a request, or an event.
 */
export type Received = ReplyFrame | SocketEvent;
export type SocketReply =
  | Error
  | Welcomed
  | Done
  | Ponged
  | Followed
  | ProfileChanged
  | Profiles
  | Devices
  | RoomChanged
  | RoomFound
  | RoomsPage
  | MyRooms
  | MembersPage
  | Bans
  | InviteCreated
  | Invites
  | InviteFound
  | RoomPresence
  | PresenceFound
  | Appended
  | UnreadCounted
  | History
  | Since
  | IceServers
  | RosterFound
  | RunningFound
  | Relayed;
export type TimelineEntry =
  MessagePosted | MessageEdited | MessageDeleted | ReactionAdded | ReactionRemoved;
/**
 * What a member may do. Moderators keep order; the owner also shapes and ends the room.
 */
export type Role = 'member' | 'moderator' | 'owner';
export type SocketEvent =
  | MessagePosted
  | MessageEdited
  | MessageDeleted
  | ReactionAdded
  | ReactionRemoved
  | RoomUpdated
  | RoomDeleted
  | MemberJoined
  | MemberLeft
  | MemberChanged
  | MemberProfileChanged
  | PresenceChanged
  | Typing
  | CallStarted
  | CallEnded
  | ParticipantJoined
  | ParticipantLeft
  | ParticipantChanged
  | ReactedInCall
  | RoomAdded
  | RoomRemoved
  | Mentioned
  | ReadMoved
  | SignedOut
  | Ringing
  | RingingStopped
  | CallDeclined
  | OfferReceived
  | AnswerReceived
  | CandidateReceived
  | CandidatesEnded
  | RestartAsked
  | GoingAway;
/**
 * Why someone is not in a room any more.
 */
export type Leaving = 'account_deleted' | 'banned' | 'kicked' | 'left' | 'room_deleted';
export type HttpCommand =
  | Register
  | LogIn
  | EnterAsGuest
  | Refresh
  | LogOut
  | LogOutEverywhere
  | ChangePassword
  | DeleteAccount
  | UpdateProfile
  | SetAvatar
  | FetchAvatar
  | FetchProfiles
  | FindPeople
  | ListDevices
  | RevokeDevice
  | CreateRoom
  | GetRoom
  | BrowseRooms
  | UpdateRoom
  | DeleteRoom
  | LookUpInvite
  | ReadHistory;
export type HttpReply =
  | Error
  | SignedIn
  | Done
  | ProfileChanged
  | Avatar
  | Profiles
  | Devices
  | RoomChanged
  | RoomFound
  | RoomsPage
  | InviteFound
  | History;

/**
 * What a client sends: a command and the id that its reply will carry.
 */
export interface RequestFrame {
  id: string;
  request: SocketCommand;
}
/**
 * The first request of a connection, due within five seconds.
 *
 * `session` is the one to go on with after a lost connection; any gateway may answer.
 */
export interface SayHello {
  t: 'session.hello';
  token: string;
  /**
   * @minItems 1
   * @maxItems 16
   */
  versions: number[];
  session?: string | null;
}
/**
 * Hands over a fresh access token before the old one expires.
 */
export interface Renew {
  t: 'session.renew';
  token: string;
}
/**
 * Shows that the client lives, and measures the way there and back.
 */
export interface Ping {
  t: 'session.ping';
}
/**
 * Asks for the live timeline and state of rooms one is a member of.
 *
 * Live entries may arrive before the reply: the client orders by `seq`.
 */
export interface Follow {
  t: 'session.follow';
  /**
   * @minItems 1
   * @maxItems 64
   */
  places: Place[];
}
/**
 * A room, and the last entry of it that the client has; 0 for none.
 */
export interface Place {
  room: string;
  /**
   * A `seq`, or 0 for before the first entry.
   */
  after: number;
}
/**
 * Ends following; rooms that were not followed are no error.
 */
export interface Unfollow {
  t: 'session.unfollow';
  /**
   * @minItems 1
   * @maxItems 64
   */
  rooms: string[];
}
/**
 * Ends this device's sign-in: its refresh family, access tokens and live connections.
 */
export interface LogOut {
  t: 'auth.log_out';
}
/**
 * Ends every sign-in of this person, this one included.
 */
export interface LogOutEverywhere {
  t: 'auth.log_out_everywhere';
}
/**
 * Sets a new password; every other device is signed out.
 */
export interface ChangePassword {
  t: 'auth.change_password';
  /**
   * 8–256 characters.
   */
  current: string;
  /**
   * 8–256 characters.
   */
  new: string;
}
/**
 * Removes the account for good. Its rooms pass on or end; its messages stay, unnamed.
 */
export interface DeleteAccount {
  t: 'auth.delete_account';
  /**
   * 8–256 characters.
   */
  password: string;
}
/**
 * Changes what is given and leaves the rest.
 */
export interface UpdateProfile {
  t: 'auth.update_profile';
  display_name?: string | null;
  bio?: string | null;
}
/**
 * Asks who people are. Unknown ids are left out of the answer.
 */
export interface FetchProfiles {
  t: 'auth.profiles';
  /**
   * @minItems 1
   * @maxItems 100
   */
  users: string[];
}
/**
 * Finds people by the beginning of their name.
 */
export interface FindPeople {
  t: 'auth.find_people';
  prefix: string;
  limit?: number;
}
/**
 * Asks for one's signed-in devices.
 */
export interface ListDevices {
  t: 'auth.devices';
}
/**
 * Signs out another device of one's own; its connections close within a second.
 */
export interface RevokeDevice {
  t: 'auth.revoke_device';
  device: string;
}
/**
 * Makes a room and joins it as its owner.
 */
export interface CreateRoom {
  t: 'rooms.create';
  /**
   * 1–80 characters once trimmed.
   */
  name: string;
  description?: string;
  private?: boolean;
  capacity?: number;
  /**
   * Seconds between posts; 0 is off.
   */
  slow_mode?: number;
}
/**
 * Asks for a room; a private one only answers its members.
 */
export interface GetRoom {
  t: 'rooms.get';
  room: string;
}
/**
 * Lists public rooms, a page at a time; `query` searches names and descriptions.
 */
export interface BrowseRooms {
  t: 'rooms.browse';
  query?: string;
  sort?: 'members' | 'name' | 'newest';
  cursor?: string | null;
  limit?: number;
}
/**
 * Asks for the rooms one is in.
 */
export interface ListMyRooms {
  t: 'rooms.mine';
}
/**
 * Joins; a private room wants an invite. Joining a room one is in changes nothing.
 */
export interface JoinRoom {
  t: 'rooms.join';
  room: string;
  invite?: string | null;
}
/**
 * Leaves. The owner of a room with others in it hands it over first.
 */
export interface LeaveRoom {
  t: 'rooms.leave';
  room: string;
}
/**
 * Changes what is given and leaves the rest.
 *
 * `revision` is the one the change was made upon; if the room has moved on since, the answer is
 * `request.conflict`. Without it, the last writer wins.
 */
export interface UpdateRoom {
  t: 'rooms.update';
  room: string;
  name?: string | null;
  description?: string | null;
  private?: boolean | null;
  capacity?: number | null;
  slow_mode?: number | null;
  revision?: number | null;
}
/**
 * Ends a room for everyone; its owner only.
 */
export interface DeleteRoom {
  t: 'rooms.delete';
  room: string;
}
/**
 * Hands the room over; the former owner stays as a moderator.
 */
export interface TransferRoom {
  t: 'rooms.transfer';
  room: string;
  to: string;
}
/**
 * Makes someone a moderator, or a member again.
 */
export interface SetRole {
  t: 'rooms.set_role';
  room: string;
  user: string;
  role: 'member' | 'moderator';
}
/**
 * Removes someone, who may come back.
 */
export interface KickMember {
  t: 'rooms.kick';
  room: string;
  user: string;
}
/**
 * Removes someone, who may not come back. People who are outside can be banned too.
 */
export interface BanMember {
  t: 'rooms.ban';
  room: string;
  user: string;
  reason?: string;
}
/**
 * Lets someone come back.
 */
export interface UnbanMember {
  t: 'rooms.unban';
  room: string;
  user: string;
}
/**
 * Keeps someone from posting for a while; 0 seconds lifts it.
 */
export interface MuteMember {
  t: 'rooms.mute';
  room: string;
  user: string;
  seconds: number;
}
/**
 * Lists a room's members by role, then by time of joining.
 *
 * With a `prefix`, those whose name or a word of it begins so, who is online first: at most
 * `limit` of them, and no further page.
 */
export interface ListMembers {
  t: 'rooms.members';
  room: string;
  cursor?: string | null;
  limit?: number;
  prefix?: string;
}
/**
 * Lists who is banned; moderators only.
 */
export interface ListBans {
  t: 'rooms.bans';
  room: string;
}
/**
 * Makes a link into the room; `guests` lets people in without an account.
 */
export interface CreateInvite {
  t: 'rooms.create_invite';
  room: string;
  expires_in?: number | null;
  uses?: number | null;
  guests?: boolean;
}
/**
 * Lists the room's links that still work; moderators only.
 */
export interface ListInvites {
  t: 'rooms.invites';
  room: string;
}
/**
 * Ends a link. Those who came by it stay.
 */
export interface RevokeInvite {
  t: 'rooms.revoke_invite';
  room: string;
  code: string;
}
/**
 * Asks, signed in or not, where a link leads.
 */
export interface LookUpInvite {
  t: 'rooms.look_up_invite';
  code: string;
}
/**
 * Asks who is online in a room one is in.
 */
export interface GetPresence {
  t: 'rooms.presence';
  room: string;
}
/**
 * Asks whether people are connected, and when they last were.
 */
export interface QueryPresence {
  t: 'rooms.whereabouts';
  /**
   * @minItems 1
   * @maxItems 100
   */
  users: string[];
}
/**
 * Says something; acknowledged once it is on disk. A repeated `client_id` answers as before.
 */
export interface PostMessage {
  t: 'chat.post';
  room: string;
  /**
   * Chosen by the client, once per deed: a repeat answers as the first did.
   */
  client_id: string;
  /**
   * A subset of Markdown, as typed.
   */
  text: string;
  reply_to?: number | null;
}
/**
 * Replaces the text of one's own message.
 */
export interface EditMessage {
  t: 'chat.edit';
  room: string;
  /**
   * Chosen by the client, once per deed: a repeat answers as the first did.
   */
  client_id: string;
  /**
   * Place of an entry in its room's timeline, contiguous from 1.
   */
  target: number;
  /**
   * A subset of Markdown, as typed.
   */
  text: string;
}
/**
 * Takes a message away: one's own, or, as moderator, anybody's.
 */
export interface DeleteMessage {
  t: 'chat.delete';
  room: string;
  /**
   * Chosen by the client, once per deed: a repeat answers as the first did.
   */
  client_id: string;
  /**
   * Place of an entry in its room's timeline, contiguous from 1.
   */
  target: number;
}
/**
 * Adds an emoji to a message, once a person.
 */
export interface React {
  t: 'chat.react';
  room: string;
  /**
   * Chosen by the client, once per deed: a repeat answers as the first did.
   */
  client_id: string;
  /**
   * Place of an entry in its room's timeline, contiguous from 1.
   */
  target: number;
  /**
   * One emoji.
   */
  emoji: string;
}
/**
 * Takes one's emoji back.
 */
export interface Unreact {
  t: 'chat.unreact';
  room: string;
  /**
   * Chosen by the client, once per deed: a repeat answers as the first did.
   */
  client_id: string;
  /**
   * Place of an entry in its room's timeline, contiguous from 1.
   */
  target: number;
  /**
   * One emoji.
   */
  emoji: string;
}
/**
 * Tells the room that one is writing, or has stopped; never stored.
 */
export interface Type {
  t: 'chat.typing';
  room: string;
  writing?: boolean;
}
/**
 * Moves one's read marker forward; it never moves back.
 */
export interface MarkRead {
  t: 'chat.mark_read';
  room: string;
  /**
   * Place of an entry in its room's timeline, contiguous from 1.
   */
  seq: number;
}
/**
 * Asks what is unread in rooms one is in.
 */
export interface CountUnread {
  t: 'chat.unread';
  /**
   * @minItems 1
   * @maxItems 128
   */
  rooms: string[];
}
/**
 * Asks for messages as they stand now.
 *
 * Give one of `before`, `after` and `around`, a seq each; without any, the newest page.
 */
export interface ReadHistory {
  t: 'chat.history';
  room: string;
  before?: number | null;
  after?: number | null;
  around?: number | null;
  limit?: number;
}
/**
 * Asks for all entries after a place, for a client that comes back.
 */
export interface ReadSince {
  t: 'chat.since';
  room: string;
  /**
   * A `seq`, or 0 for before the first entry.
   */
  after: number;
  limit?: number;
}
/**
 * Asks by which servers peers may find and reach each other, in a room or before any call.
 *
 * Without a `room` it is for checking the way to those servers: anybody who is signed in may ask,
 * as anybody with an account could make a room and ask there. A guest's own room stands in.
 */
export interface GetIceServers {
  t: 'signaling.ice_servers';
  room?: string | null;
}
/**
 * Asks who is in a room's call, before joining or after missing something.
 */
export interface GetRoster {
  t: 'signaling.roster';
  room: string;
}
/**
 * Asks which of one's rooms have a call now: the list of rooms shows it.
 */
export interface GetRunning {
  t: 'signaling.running';
}
/**
 * Joins the room's call, or starts it. Joining a call one is in changes nothing but `media`.
 *
 * With `listen` one comes to listen, in a place of the listeners; a call is not started by that.
 * Who is in the call already changes from one to the other, if there is a place, and keeps the
 * former one where there is none.
 *
 * `former` is the session that the same page was in the call with before it crashed or was away
 * for too long: its seat is taken over, if its connection is lost.
 */
export interface JoinCall {
  t: 'signaling.join';
  room: string;
  media?: Media;
  listen?: boolean;
  former?: string | null;
}
/**
 * What a participant sends and shows right now.
 *
 * `screen_stream` is the id of the MediaStream (RFC 8830 msid) that carries the screen; tracks of
 * any other stream are the microphone and the camera.
 */
export interface Media {
  microphone?: boolean;
  camera?: boolean;
  screen?: boolean;
  screen_stream?: string;
  hand?: boolean;
  recording?: boolean;
  /**
   * With `recording`: nothing is taken down at this moment.
   */
  recording_paused?: boolean;
}
/**
 * Leaves; a call that nobody is in any more is over. Not being in it is no error.
 */
export interface LeaveCall {
  t: 'signaling.leave';
  room: string;
}
/**
 * Tells the others what one sends now.
 */
export interface SetMedia {
  t: 'signaling.set_media';
  room: string;
  media: Media1;
}
/**
 * What a participant sends and shows right now.
 *
 * `screen_stream` is the id of the MediaStream (RFC 8830 msid) that carries the screen; tracks of
 * any other stream are the microphone and the camera.
 */
export interface Media1 {
  microphone?: boolean;
  camera?: boolean;
  screen?: boolean;
  screen_stream?: string;
  hand?: boolean;
  recording?: boolean;
  /**
   * With `recording`: nothing is taken down at this moment.
   */
  recording_paused?: boolean;
}
/**
 * Shows an emoji to everybody in the call one is in, for a moment. It is stored nowhere.
 */
export interface ReactInCall {
  t: 'signaling.react';
  room: string;
  /**
   * One emoji.
   */
  emoji: string;
}
/**
 * Asks members of the room to come to the call one is in.
 */
export interface Ring {
  t: 'signaling.ring';
  room: string;
  /**
   * @minItems 1
   * @maxItems 16
   */
  users: string[];
}
/**
 * Answers a ringing with no; it stops on all of one's devices.
 */
export interface DeclineCall {
  t: 'signaling.decline';
  room: string;
  /**
   * Id of one call.
   */
  call: string;
}
/**
 * Sends an offer to another session of the call.
 */
export interface SendOffer {
  t: 'signaling.offer';
  room: string;
  to: string;
  sdp: string;
  proof?: null | Proof;
}
/**
 * Ties a description to the device that made it: a signature over its DTLS fingerprints.
 *
 * The key is an ECDSA P-256 public key in raw form and the signature is over
 * `<call> <from> <to> <fingerprint>…`, both base64url. The server passes it on unread.
 */
export interface Proof {
  key: string;
  signature: string;
}
/**
 * Answers an offer.
 */
export interface SendAnswer {
  t: 'signaling.answer';
  room: string;
  to: string;
  sdp: string;
  proof?: null | Proof;
}
/**
 * Sends one ICE candidate as it is found (trickle, RFC 8838).
 */
export interface SendCandidate {
  t: 'signaling.candidate';
  room: string;
  to: string;
  candidate: string;
  sdp_mid?: string | null;
  sdp_m_line_index?: number | null;
  username_fragment?: string | null;
}
/**
 * Tells that no more candidates of this generation will come (RFC 8838 §14).
 */
export interface EndCandidates {
  t: 'signaling.end_of_candidates';
  room: string;
  to: string;
  username_fragment?: string | null;
}
/**
 * Asks the other side to restart ICE, where one can't do so oneself.
 */
export interface AskRestart {
  t: 'signaling.restart_ice';
  room: string;
  to: string;
}
/**
 * What answers a request: exactly one, with the request's id.
 */
export interface ReplyFrame {
  id: string;
  reply: SocketReply;
}
/**
 * The answer to a command that was not carried out.
 */
export interface Error {
  t: 'error';
  code: string;
  message: string;
  retryable?: boolean;
  retry_after?: number | null;
  field?: string | null;
  incident?: string | null;
}
/**
 * The connection is up. `resumed` is false where a new session had to be begun.
 */
export interface Welcomed {
  t: 'session.welcome';
  version: number;
  session: string;
  resumed: boolean;
  user: string;
  guest_room: string | null;
  gateway: string;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  now: number;
  /**
   * Ping at least this often; expect the same.
   */
  heartbeat_ms: number;
  /**
   * How long a lost connection keeps its seat.
   */
  grace_ms: number;
  limits: Limits;
}
/**
 * What this server allows, so that a client can say so before it is refused.
 */
export interface Limits {
  frame_bytes: number;
  message_chars: number;
  followed_rooms: number;
  call_participants: number;
  call_listeners?: number;
}
/**
 * The command was carried out, and there is nothing more to tell.
 */
export interface Done {
  t: 'done';
}
/**
 * Answers a ping.
 */
export interface Ponged {
  t: 'session.pong';
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  now: number;
}
/**
 * Which rooms are followed now, each with what came after the client's place.
 */
export interface Followed {
  t: 'session.followed';
  rooms: FollowedRoom[];
}
/**
 * The answer for one room.
 *
 * `recovered` is true where `entries` are all entries after the client's place. Where it is false
 * `entries` is empty: the client takes a page of `chat.history` and goes on from its `head`.
 * `error` is a code where this room can't be followed; the others are not touched by it.
 */
export interface FollowedRoom {
  room: string;
  recovered?: boolean;
  /**
   * A `seq`, or 0 for before the first entry.
   */
  head?: number;
  entries?: TimelineEntry[];
  error?: string | null;
}
/**
 * Someone said something. `mentions`: the members named, and the author answered.
 */
export interface MessagePosted {
  t: 'message.posted';
  room: string;
  /**
   * Place of an entry in its room's timeline, contiguous from 1.
   */
  seq: number;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  at: number;
  author: string;
  /**
   * Chosen by the client, once per deed: a repeat answers as the first did.
   */
  client_id: string;
  /**
   * SHA-256 of the stored bytes of the entry before, base64url; empty at 1.
   */
  prev: string;
  text: string;
  mentions: string[];
  reply_to?: number | null;
}
/**
 * An author changed a message.
 */
export interface MessageEdited {
  t: 'message.edited';
  room: string;
  /**
   * Place of an entry in its room's timeline, contiguous from 1.
   */
  seq: number;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  at: number;
  author: string;
  /**
   * Chosen by the client, once per deed: a repeat answers as the first did.
   */
  client_id: string;
  /**
   * SHA-256 of the stored bytes of the entry before, base64url; empty at 1.
   */
  prev: string;
  /**
   * Place of an entry in its room's timeline, contiguous from 1.
   */
  target: number;
  text: string;
  mentions: string[];
}
/**
 * A message was taken away, by its author or a moderator (`author` of this entry).
 */
export interface MessageDeleted {
  t: 'message.deleted';
  room: string;
  /**
   * Place of an entry in its room's timeline, contiguous from 1.
   */
  seq: number;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  at: number;
  author: string;
  /**
   * Chosen by the client, once per deed: a repeat answers as the first did.
   */
  client_id: string;
  /**
   * SHA-256 of the stored bytes of the entry before, base64url; empty at 1.
   */
  prev: string;
  /**
   * Place of an entry in its room's timeline, contiguous from 1.
   */
  target: number;
}
/**
 * Someone put an emoji under a message.
 */
export interface ReactionAdded {
  t: 'reaction.added';
  room: string;
  /**
   * Place of an entry in its room's timeline, contiguous from 1.
   */
  seq: number;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  at: number;
  author: string;
  /**
   * Chosen by the client, once per deed: a repeat answers as the first did.
   */
  client_id: string;
  /**
   * SHA-256 of the stored bytes of the entry before, base64url; empty at 1.
   */
  prev: string;
  /**
   * Place of an entry in its room's timeline, contiguous from 1.
   */
  target: number;
  emoji: string;
}
/**
 * Someone took their emoji back.
 */
export interface ReactionRemoved {
  t: 'reaction.removed';
  room: string;
  /**
   * Place of an entry in its room's timeline, contiguous from 1.
   */
  seq: number;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  at: number;
  author: string;
  /**
   * Chosen by the client, once per deed: a repeat answers as the first did.
   */
  client_id: string;
  /**
   * SHA-256 of the stored bytes of the entry before, base64url; empty at 1.
   */
  prev: string;
  /**
   * Place of an entry in its room's timeline, contiguous from 1.
   */
  target: number;
  emoji: string;
}
/**
 * The profile as it is now.
 */
export interface ProfileChanged {
  t: 'auth.profile_changed';
  profile: Profile;
}
/**
 * What everyone may know of a person. `avatar` is the path of the picture, or none.
 */
export interface Profile {
  user: string;
  name: string;
  display_name: string;
  bio?: string;
  avatar?: string | null;
  guest?: boolean;
  /**
   * The account was deleted.
   */
  gone?: boolean;
  last_online?: number | null;
  revision?: number;
}
/**
 * The profiles of those that exist.
 */
export interface Profiles {
  t: 'auth.profiles_found';
  profiles: Profile[];
}
/**
 * One's devices, the last used first.
 */
export interface Devices {
  t: 'auth.devices_found';
  devices: DeviceInfo[];
}
/**
 * A signed-in device of one's own.
 */
export interface DeviceInfo {
  device: string;
  label: string;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  created_at: number;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  last_used_at: number;
  current?: boolean;
}
/**
 * The room as it is after a command, at the revision of its event.
 */
export interface RoomChanged {
  t: 'rooms.changed';
  info: RoomInfo;
  me: null | Member;
}
/**
 * A room as its members and, where it is public, everyone may see it.
 */
export interface RoomInfo {
  room: string;
  name: string;
  description: string;
  private: boolean;
  owner: string;
  capacity: number;
  slow_mode: number;
  members: number;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  created_at: number;
  /**
   * Grows with each change of what it belongs to; never reused.
   */
  revision: number;
}
/**
 * A person in a room. `muted_until` is a time, 0 for not muted.
 */
export interface Member {
  user: string;
  role: Role;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  joined_at: number;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  muted_until?: number;
}
/**
 * A room, and what the asker is in it (`me` is none for someone outside).
 */
export interface RoomFound {
  t: 'rooms.found';
  info: RoomInfo;
  me: null | Member;
  online: number;
}
/**
 * A page of rooms; `next` is none on the last.
 */
export interface RoomsPage {
  t: 'rooms.page';
  rooms: RoomCard[];
  next: string | null;
}
/**
 * A room in a list. `online` counts people, not devices.
 */
export interface RoomCard {
  info: RoomInfo;
  online: number;
}
/**
 * The rooms one is in, the longest joined first.
 */
export interface MyRooms {
  t: 'rooms.mine_found';
  rooms: MyRoom[];
}
/**
 * A room one is in, and what one is in it.
 */
export interface MyRoom {
  info: RoomInfo;
  me: Member;
  online: number;
}
/**
 * A page of members, as of `revision`; events with a later one are to be applied to it.
 */
export interface MembersPage {
  t: 'rooms.members_page';
  members: Member[];
  /**
   * Grows with each change of what it belongs to; never reused.
   */
  revision: number;
  next: string | null;
}
/**
 * Who is banned, the latest first.
 */
export interface Bans {
  t: 'rooms.bans_found';
  bans: Ban[];
}
/**
 * Someone who may not come back, by whom and why.
 */
export interface Ban {
  user: string;
  by: string;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  at: number;
  reason: string;
}
/**
 * The new link.
 */
export interface InviteCreated {
  t: 'rooms.invite_created';
  invite: InviteInfo;
}
/**
 * A link into a room. `uses_left` is none for no limit.
 */
export interface InviteInfo {
  code: string;
  room: string;
  by: string;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  created_at: number;
  expires_at: number | null;
  uses_left: number | null;
  guests: boolean;
}
/**
 * The links that still work, the latest first.
 */
export interface Invites {
  t: 'rooms.invites_found';
  invites: InviteInfo[];
}
/**
 * Where a link leads, before it is used.
 */
export interface InviteFound {
  t: 'rooms.invite_found';
  room: string;
  name: string;
  description: string;
  members: number;
  online: number;
  guests: boolean;
  expires_at: number | null;
}
/**
 * Who is online in a room, as of `revision`.
 *
 * `users` holds at most 200 people; `complete` says whether that is all of `online`.
 */
export interface RoomPresence {
  t: 'rooms.presence_found';
  room: string;
  /**
   * Grows with each change of what it belongs to; never reused.
   */
  revision: number;
  online: number;
  users: string[];
  complete: boolean;
}
/**
 * One answer for each person asked about, in the order of asking.
 */
export interface PresenceFound {
  t: 'rooms.whereabouts_found';
  people: Whereabouts[];
}
/**
 * Whether someone is connected; `last_online` is none for someone never seen.
 */
export interface Whereabouts {
  user: string;
  is_connected: boolean;
  last_online: number | null;
}
/**
 * The entry is stored, at this place. `repeated`: it was stored by an earlier request.
 */
export interface Appended {
  t: 'chat.appended';
  room: string;
  /**
   * Place of an entry in its room's timeline, contiguous from 1.
   */
  seq: number;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  at: number;
  repeated?: boolean;
}
/**
 * One answer for each room asked about; rooms one is not in are left out.
 */
export interface UnreadCounted {
  t: 'chat.unread_counted';
  rooms: Unread[];
}
/**
 * What one has not read in a room. Counts stop at 1000, which stands for "more".
 */
export interface Unread {
  room: string;
  /**
   * A `seq`, or 0 for before the first entry.
   */
  head: number;
  /**
   * A `seq`, or 0 for before the first entry.
   */
  marker: number;
  messages: number;
  mentions: number;
}
/**
 * A run of messages in the order of the timeline, true as of entry `head`.
 *
 * `more_before` and `more_after` say whether there are messages beyond the run's ends.
 */
export interface History {
  t: 'chat.history_found';
  room: string;
  messages: Shown[];
  /**
   * A `seq`, or 0 for before the first entry.
   */
  head: number;
  more_before: boolean;
  more_after: boolean;
}
/**
 * A message as it stands now: its post, with all later entries about it applied.
 *
 * `changed` is the seq of the last entry applied. A deleted message has an empty text.
 */
export interface Shown {
  /**
   * Place of an entry in its room's timeline, contiguous from 1.
   */
  seq: number;
  author: string;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  at: number;
  /**
   * Chosen by the client, once per deed: a repeat answers as the first did.
   */
  client_id: string;
  text: string;
  mentions: string[];
  reply: null | Quote;
  reactions: Reaction[];
  edited_at: number | null;
  deleted: boolean;
  /**
   * Place of an entry in its room's timeline, contiguous from 1.
   */
  changed: number;
}
/**
 * The message that another one answers, shortened.
 */
export interface Quote {
  /**
   * Place of an entry in its room's timeline, contiguous from 1.
   */
  seq: number;
  author: string;
  text: string;
  deleted?: boolean;
}
/**
 * An emoji under a message, and by whom, in the order of coming.
 */
export interface Reaction {
  emoji: string;
  users: string[];
}
/**
 * The stored entries after the place, all of them where `recovered` is true.
 *
 * Where it is false (too many, or they are gone) `entries` is empty: take a new snapshot by
 * `chat.history` and go on from its `head`.
 */
export interface Since {
  t: 'chat.since_found';
  room: string;
  recovered: boolean;
  /**
   * A `seq`, or 0 for before the first entry.
   */
  head: number;
  entries: TimelineEntry[];
}
/**
 * The servers, and until when their credentials open a new allocation.
 *
 * `relay_only` tells the client to use no other candidates than relayed ones.
 */
export interface IceServers {
  t: 'signaling.ice_servers_found';
  servers: IceServer[];
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  expires_at: number;
  relay_only?: boolean;
}
/**
 * One entry of `RTCConfiguration.iceServers` (W3C WebRTC §4.2.2).
 *
 * STUN servers carry no credentials; TURN servers carry short-lived ones.
 */
export interface IceServer {
  /**
   * `stun:`, `turn:` or `turns:` URIs (RFC 7064/65).
   */
  urls: string[];
  username?: string | null;
  credential?: string | null;
}
/**
 * The roster as of its revision.
 */
export interface RosterFound {
  t: 'signaling.roster_found';
  roster: Roster;
}
/**
 * Who is in a room's call. `call` is none while nobody is.
 *
 * `limit` counts those who take part in full, `listener_limit` those who listen: 0 is none.
 */
export interface Roster {
  room: string;
  call: string | null;
  /**
   * Grows with each change of what it belongs to; never reused.
   */
  revision: number;
  started_at: number | null;
  participants: Participant[];
  limit: number;
  listener_limit?: number;
}
/**
 * A session in a call. `since` orders the roster; the lower session id is the polite peer.
 *
 * Who is `listening` sends nothing and is sent sound only; of its `media` only `hand` and whether
 * it records are ever set.
 * Two listeners need no connection between them.
 */
export interface Participant {
  session: string;
  user: string;
  device: string;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  since: number;
  media: Media1;
  listening?: boolean;
}
/**
 * The rosters of running calls, and how many people a call can have.
 *
 * A room whose call began or ended in this very moment may be missed or still be there; its
 * events, and `signaling.roster`, have the last word.
 */
export interface RunningFound {
  t: 'signaling.running_found';
  rosters: Roster[];
  limit: number;
  listener_limit?: number;
}
/**
 * The message was handed to the gateway that holds the other session.
 */
export interface Relayed {
  t: 'signaling.relayed';
}
/**
 * The room's name, words, limits or owner changed.
 */
export interface RoomUpdated {
  t: 'room.updated';
  room: string;
  /**
   * Grows with each change of what it belongs to; never reused.
   */
  revision: number;
  info: RoomInfo;
}
/**
 * The room is over.
 */
export interface RoomDeleted {
  t: 'room.deleted';
  room: string;
  /**
   * Grows with each change of what it belongs to; never reused.
   */
  revision: number;
}
/**
 * Someone came in.
 */
export interface MemberJoined {
  t: 'member.joined';
  room: string;
  /**
   * Grows with each change of what it belongs to; never reused.
   */
  revision: number;
  member: Member;
  members: number;
}
/**
 * Someone went, or was sent.
 */
export interface MemberLeft {
  t: 'member.left';
  room: string;
  /**
   * Grows with each change of what it belongs to; never reused.
   */
  revision: number;
  user: string;
  why: Leaving;
  members: number;
}
/**
 * A member's role or mute changed.
 */
export interface MemberChanged {
  t: 'member.changed';
  room: string;
  /**
   * Grows with each change of what it belongs to; never reused.
   */
  revision: number;
  member: Member;
}
/**
 * A member has a new name or picture: ask for the profile again.
 */
export interface MemberProfileChanged {
  t: 'member.profile_changed';
  room: string;
  user: string;
}
/**
 * People came online or went, in one room.
 *
 * `after` is the revision that this change follows; a client that holds an older one has missed
 * something and asks again. A client that holds `revision` or a later one ignores it. A jump
 * without `joined` and `left` (a large room) changes the count alone.
 */
export interface PresenceChanged {
  t: 'presence.changed';
  room: string;
  /**
   * Grows with each change of what it belongs to; never reused.
   */
  revision: number;
  /**
   * Grows with each change of what it belongs to; never reused.
   */
  after: number;
  online: number;
  joined: string[];
  left: string[];
}
/**
 * Someone is writing, or has stopped. Forget it after six seconds without another.
 */
export interface Typing {
  t: 'typing';
  room: string;
  user: string;
  writing: boolean;
}
/**
 * A call began in the room.
 */
export interface CallStarted {
  t: 'call.started';
  room: string;
  /**
   * Id of one call.
   */
  call: string;
  /**
   * Grows with each change of what it belongs to; never reused.
   */
  revision: number;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  started_at: number;
}
/**
 * Nobody is in the call any more.
 */
export interface CallEnded {
  t: 'call.ended';
  room: string;
  /**
   * Id of one call.
   */
  call: string;
  /**
   * Grows with each change of what it belongs to; never reused.
   */
  revision: number;
}
/**
 * A session came into the call.
 */
export interface ParticipantJoined {
  t: 'call.joined';
  room: string;
  /**
   * Id of one call.
   */
  call: string;
  /**
   * Grows with each change of what it belongs to; never reused.
   */
  revision: number;
  participant: Participant;
}
/**
 * A session is not in the call any more.
 */
export interface ParticipantLeft {
  t: 'call.left';
  room: string;
  /**
   * Id of one call.
   */
  call: string;
  /**
   * Grows with each change of what it belongs to; never reused.
   */
  revision: number;
  session: string;
  why: 'left' | 'lost' | 'removed';
}
/**
 * A participant sends something else now.
 */
export interface ParticipantChanged {
  t: 'call.changed';
  room: string;
  /**
   * Id of one call.
   */
  call: string;
  /**
   * Grows with each change of what it belongs to; never reused.
   */
  revision: number;
  participant: Participant;
}
/**
 * A participant shows an emoji. It belongs to no revision: who misses it has missed it.
 */
export interface ReactedInCall {
  t: 'stage.reacted';
  room: string;
  /**
   * Id of one call.
   */
  call: string;
  session: string;
  emoji: string;
}
/**
 * You are in a room now, by this device or another.
 */
export interface RoomAdded {
  t: 'notice.room_added';
  room: MyRoom;
}
/**
 * You are not in a room any more. The gateway stops following it for you.
 */
export interface RoomRemoved {
  t: 'notice.room_removed';
  room: string;
  why: Leaving;
}
/**
 * Someone named you, or answered you.
 */
export interface Mentioned {
  t: 'notice.mentioned';
  room: string;
  /**
   * Place of an entry in its room's timeline, contiguous from 1.
   */
  seq: number;
  author: string;
  excerpt: string;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  at: number;
}
/**
 * You read on, by this device or another.
 */
export interface ReadMoved {
  t: 'notice.read_moved';
  unread: Unread;
}
/**
 * A device of yours was signed out, or all but one (`except_device`), or all.
 *
 * The gateway closes the connections that it names, but for those whose token was issued after
 * `before` (seconds, like `iat`): they are of a sign-in that came later than this.
 */
export interface SignedOut {
  t: 'notice.signed_out';
  user: string;
  device: string | null;
  except_device?: string | null;
  before?: number | null;
  why: 'account_deleted' | 'logged_out' | 'password_changed' | 'revoked' | 'token_reused';
}
/**
 * Someone asks you to come to a call. Stop after `until`: then it was missed.
 */
export interface Ringing {
  t: 'notice.ringing';
  room: string;
  /**
   * Id of one call.
   */
  call: string;
  by: string;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  until: number;
}
/**
 * A ringing is over: you came or declined on some device, or nobody is there any more.
 */
export interface RingingStopped {
  t: 'notice.ringing_stopped';
  room: string;
  /**
   * Id of one call.
   */
  call: string;
  why: 'declined' | 'ended' | 'joined';
}
/**
 * Someone you rang declined.
 */
export interface CallDeclined {
  t: 'notice.declined';
  room: string;
  /**
   * Id of one call.
   */
  call: string;
  user: string;
}
/**
 * A peer made an offer.
 */
export interface OfferReceived {
  t: 'signal.offer';
  room: string;
  sender: string;
  sdp: string;
  proof?: null | Proof;
}
/**
 * A peer answered.
 */
export interface AnswerReceived {
  t: 'signal.answer';
  room: string;
  sender: string;
  sdp: string;
  proof?: null | Proof;
}
/**
 * A peer found a candidate.
 */
export interface CandidateReceived {
  t: 'signal.candidate';
  room: string;
  sender: string;
  candidate: string;
  sdp_mid?: string | null;
  sdp_m_line_index?: number | null;
  username_fragment?: string | null;
}
/**
 * A peer has no more candidates.
 */
export interface CandidatesEnded {
  t: 'signal.end_of_candidates';
  room: string;
  sender: string;
  username_fragment?: string | null;
}
/**
 * A peer wants ICE restarted.
 */
export interface RestartAsked {
  t: 'signal.restart_ice';
  room: string;
  sender: string;
}
/**
 * This gateway is about to stop: reconnect after `delay_ms`, which differs for each client.
 */
export interface GoingAway {
  t: 'session.going_away';
  delay_ms: number;
}
/**
 * Makes an account and signs in.
 *
 * A repeat with the same `attempt`, name and password within ten minutes signs in to the account
 * that the first one made, in place of the sign-in whose answer was lost.
 */
export interface Register {
  t: 'auth.register';
  /**
   * Sign-in name: 2–32 after NFKC.
   */
  name: string;
  /**
   * 8–256 characters.
   */
  password: string;
  display_name?: string;
  /**
   * “Firefox on Linux”.
   */
  device_label?: string;
  attempt?: string | null;
}
/**
 * Signs in with name and password.
 */
export interface LogIn {
  t: 'auth.log_in';
  /**
   * Sign-in name: 2–32 after NFKC.
   */
  name: string;
  /**
   * 8–256 characters.
   */
  password: string;
  /**
   * “Firefox on Linux”.
   */
  device_label?: string;
}
/**
 * Signs in without an account, by an invite that allows guests, into its one room.
 */
export interface EnterAsGuest {
  t: 'auth.enter_as_guest';
  invite: string;
  display_name: string;
  /**
   * “Firefox on Linux”.
   */
  device_label?: string;
}
/**
 * Trades a refresh token for a new pair. An old token used again ends its whole family.
 */
export interface Refresh {
  t: 'auth.refresh';
  refresh_token: string;
}
/**
 * Sets one's picture (PNG, JPEG or WebP, at most 64 KiB), or removes it.
 */
export interface SetAvatar {
  t: 'auth.set_avatar';
  picture: string | null;
}
/**
 * Asks for a person's picture.
 */
export interface FetchAvatar {
  t: 'auth.fetch_avatar';
  user: string;
}
/**
 * A sign-in. The gateway moves `refresh_token` into a cookie; pages never see it.
 */
export interface SignedIn {
  t: 'auth.signed_in';
  profile: Profile;
  device: string;
  access_token: string;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  access_expires_at: number;
  refresh_token: string;
  /**
   * Milliseconds since the Unix epoch, UTC.
   */
  refresh_expires_at: number;
  guest_room?: string | null;
}
/**
 * A picture and its media type; `digest` is its address's last part.
 */
export interface Avatar {
  t: 'auth.avatar';
  picture: string;
  media_type: 'image/jpeg' | 'image/png' | 'image/webp';
  digest: string;
}

/** What answers each command of the websocket, by the tag of the command. */
export interface ReplyByTag {
  'session.hello': Welcomed;
  'session.renew': Done;
  'session.ping': Ponged;
  'session.follow': Followed;
  'session.unfollow': Done;
  'auth.log_out': Done;
  'auth.log_out_everywhere': Done;
  'auth.change_password': Done;
  'auth.delete_account': Done;
  'auth.update_profile': ProfileChanged;
  'auth.profiles': Profiles;
  'auth.find_people': Profiles;
  'auth.devices': Devices;
  'auth.revoke_device': Done;
  'rooms.create': RoomChanged;
  'rooms.get': RoomFound;
  'rooms.browse': RoomsPage;
  'rooms.mine': MyRooms;
  'rooms.join': RoomChanged;
  'rooms.leave': Done;
  'rooms.update': RoomChanged;
  'rooms.delete': Done;
  'rooms.transfer': RoomChanged;
  'rooms.set_role': RoomChanged;
  'rooms.kick': RoomChanged;
  'rooms.ban': RoomChanged;
  'rooms.unban': RoomChanged;
  'rooms.mute': RoomChanged;
  'rooms.members': MembersPage;
  'rooms.bans': Bans;
  'rooms.create_invite': InviteCreated;
  'rooms.invites': Invites;
  'rooms.revoke_invite': Done;
  'rooms.look_up_invite': InviteFound;
  'rooms.presence': RoomPresence;
  'rooms.whereabouts': PresenceFound;
  'chat.post': Appended;
  'chat.edit': Appended;
  'chat.delete': Appended;
  'chat.react': Appended;
  'chat.unreact': Appended;
  'chat.typing': Done;
  'chat.mark_read': UnreadCounted;
  'chat.unread': UnreadCounted;
  'chat.history': History;
  'chat.since': Since;
  'signaling.ice_servers': IceServers;
  'signaling.roster': RosterFound;
  'signaling.running': RunningFound;
  'signaling.join': RosterFound;
  'signaling.leave': Done;
  'signaling.set_media': Done;
  'signaling.react': Done;
  'signaling.ring': Done;
  'signaling.decline': Done;
  'signaling.offer': Relayed;
  'signaling.answer': Relayed;
  'signaling.candidate': Relayed;
  'signaling.end_of_candidates': Relayed;
  'signaling.restart_ice': Relayed;
}

/** Each command of the websocket by its tag. */
export interface CommandByTag {
  'session.hello': SayHello;
  'session.renew': Renew;
  'session.ping': Ping;
  'session.follow': Follow;
  'session.unfollow': Unfollow;
  'auth.log_out': LogOut;
  'auth.log_out_everywhere': LogOutEverywhere;
  'auth.change_password': ChangePassword;
  'auth.delete_account': DeleteAccount;
  'auth.update_profile': UpdateProfile;
  'auth.profiles': FetchProfiles;
  'auth.find_people': FindPeople;
  'auth.devices': ListDevices;
  'auth.revoke_device': RevokeDevice;
  'rooms.create': CreateRoom;
  'rooms.get': GetRoom;
  'rooms.browse': BrowseRooms;
  'rooms.mine': ListMyRooms;
  'rooms.join': JoinRoom;
  'rooms.leave': LeaveRoom;
  'rooms.update': UpdateRoom;
  'rooms.delete': DeleteRoom;
  'rooms.transfer': TransferRoom;
  'rooms.set_role': SetRole;
  'rooms.kick': KickMember;
  'rooms.ban': BanMember;
  'rooms.unban': UnbanMember;
  'rooms.mute': MuteMember;
  'rooms.members': ListMembers;
  'rooms.bans': ListBans;
  'rooms.create_invite': CreateInvite;
  'rooms.invites': ListInvites;
  'rooms.revoke_invite': RevokeInvite;
  'rooms.look_up_invite': LookUpInvite;
  'rooms.presence': GetPresence;
  'rooms.whereabouts': QueryPresence;
  'chat.post': PostMessage;
  'chat.edit': EditMessage;
  'chat.delete': DeleteMessage;
  'chat.react': React;
  'chat.unreact': Unreact;
  'chat.typing': Type;
  'chat.mark_read': MarkRead;
  'chat.unread': CountUnread;
  'chat.history': ReadHistory;
  'chat.since': ReadSince;
  'signaling.ice_servers': GetIceServers;
  'signaling.roster': GetRoster;
  'signaling.running': GetRunning;
  'signaling.join': JoinCall;
  'signaling.leave': LeaveCall;
  'signaling.set_media': SetMedia;
  'signaling.react': ReactInCall;
  'signaling.ring': Ring;
  'signaling.decline': DeclineCall;
  'signaling.offer': SendOffer;
  'signaling.answer': SendAnswer;
  'signaling.candidate': SendCandidate;
  'signaling.end_of_candidates': EndCandidates;
  'signaling.restart_ice': AskRestart;
}

export type SocketTag = keyof CommandByTag;

/** Every error code that this client knows; a newer server may send others. */
export const ERRORS = {
  'request.malformed': {
    status: 400,
    retryable: false,
  },
  'request.unknown': {
    status: 400,
    retryable: false,
  },
  'request.invalid': {
    status: 422,
    retryable: false,
  },
  'request.too_large': {
    status: 413,
    retryable: false,
  },
  'request.not_greeted': {
    status: 400,
    retryable: false,
  },
  'request.forbidden': {
    status: 403,
    retryable: false,
  },
  'request.rate_limited': {
    status: 429,
    retryable: true,
  },
  'request.conflict': {
    status: 409,
    retryable: true,
  },
  'request.timeout': {
    status: 504,
    retryable: true,
  },
  'request.unavailable': {
    status: 503,
    retryable: true,
  },
  'request.internal': {
    status: 500,
    retryable: true,
  },
  'auth.required': {
    status: 401,
    retryable: false,
  },
  'auth.token_invalid': {
    status: 401,
    retryable: false,
  },
  'auth.token_expired': {
    status: 401,
    retryable: true,
  },
  'auth.revoked': {
    status: 401,
    retryable: false,
  },
  'auth.wrong_credentials': {
    status: 401,
    retryable: false,
  },
  'auth.throttled': {
    status: 429,
    retryable: true,
  },
  'auth.name_taken': {
    status: 409,
    retryable: false,
  },
  'auth.name_invalid': {
    status: 422,
    retryable: false,
  },
  'auth.password_weak': {
    status: 422,
    retryable: false,
  },
  'auth.password_length': {
    status: 422,
    retryable: false,
  },
  'auth.refresh_reused': {
    status: 401,
    retryable: false,
  },
  'auth.device_unknown': {
    status: 404,
    retryable: false,
  },
  'auth.user_unknown': {
    status: 404,
    retryable: false,
  },
  'auth.avatar_invalid': {
    status: 422,
    retryable: false,
  },
  'auth.guest_forbidden': {
    status: 403,
    retryable: false,
  },
  'rooms.unknown': {
    status: 404,
    retryable: false,
  },
  'rooms.not_member': {
    status: 403,
    retryable: false,
  },
  'rooms.member_unknown': {
    status: 404,
    retryable: false,
  },
  'rooms.full': {
    status: 409,
    retryable: true,
  },
  'rooms.banned': {
    status: 403,
    retryable: false,
  },
  'rooms.muted': {
    status: 403,
    retryable: true,
  },
  'rooms.role_too_low': {
    status: 403,
    retryable: false,
  },
  'rooms.owner_stays': {
    status: 409,
    retryable: false,
  },
  'rooms.private': {
    status: 403,
    retryable: false,
  },
  'rooms.invite_invalid': {
    status: 404,
    retryable: false,
  },
  'rooms.invite_expired': {
    status: 410,
    retryable: false,
  },
  'rooms.too_many_invites': {
    status: 409,
    retryable: false,
  },
  'rooms.name_invalid': {
    status: 422,
    retryable: false,
  },
  'rooms.too_many': {
    status: 409,
    retryable: false,
  },
  'rooms.capacity_too_low': {
    status: 409,
    retryable: false,
  },
  'chat.empty': {
    status: 422,
    retryable: false,
  },
  'chat.too_long': {
    status: 422,
    retryable: false,
  },
  'chat.not_yours': {
    status: 403,
    retryable: false,
  },
  'chat.entry_unknown': {
    status: 404,
    retryable: false,
  },
  'chat.entry_deleted': {
    status: 410,
    retryable: false,
  },
  'chat.slow_mode': {
    status: 429,
    retryable: true,
  },
  'chat.reaction_invalid': {
    status: 422,
    retryable: false,
  },
  'chat.too_many_reactions': {
    status: 409,
    retryable: false,
  },
  'chat.client_id_reused': {
    status: 409,
    retryable: false,
  },
  'calls.full': {
    status: 409,
    retryable: true,
  },
  'calls.not_in_call': {
    status: 409,
    retryable: false,
  },
  'calls.over': {
    status: 410,
    retryable: false,
  },
  'calls.peer_gone': {
    status: 410,
    retryable: false,
  },
  'calls.description_invalid': {
    status: 422,
    retryable: false,
  },
  'calls.candidate_invalid': {
    status: 422,
    retryable: false,
  },
  'calls.session_required': {
    status: 409,
    retryable: false,
  },
  'session.unknown': {
    status: 404,
    retryable: false,
  },
  'session.version_unsupported': {
    status: 426,
    retryable: false,
  },
  'session.too_many_followed': {
    status: 409,
    retryable: false,
  },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** Why a websocket is closed. Below 4500: come back; from there on: do not. */
export const CLOSINGS = {
  going_away: 4000,
  slow_reader: 4001,
  heartbeat_missed: 4002,
  hello_late: 4003,
  token_expired: 4004,
  taken_over: 4005,
  bus_lost: 4006,
  too_many_connections: 4007,
  hello_refused: 4500,
  revoked: 4501,
  version_unsupported: 4502,
  frame_too_large: 4503,
  flooding: 4504,
  origin_forbidden: 4505,
} as const;

export const LIMITS = {
  protocol_versions: [1],
  max_frame_bytes: 65536,
  max_followed: 512,
  max_history: 100,
  max_avatar_bytes: 65536,
  max_places: 64,
  max_since: 1000,
  max_profiles: 100,
  max_unread: 128,
  message_chars: 4000,
} as const;
