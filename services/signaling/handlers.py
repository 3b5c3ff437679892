"""Commands of `services/signaling` that concern a whole call."""

from functools import partial

import emoji

from contracts.base import Done
from contracts.callers import Guest
from contracts.errors import Code, Refusal
from contracts.ids import RoomId
from contracts.signaling import (
    CallView,
    DeclineCall,
    GetIceServers,
    GetRoster,
    GetRunning,
    IceServers,
    JoinCall,
    LeaveCall,
    Participant,
    ReactInCall,
    Ring,
    RosterFound,
    RunningFound,
    SetMedia,
)
from runtime.ids import new_id
from runtime.serve import Call, Table
from services.signaling import calls
from services.signaling.ice import ice_servers
from services.signaling.membership import Membership
from services.signaling.relay import session_of
from services.signaling.seats import Seats
from services.signaling.settings import SignalingSettings
from services.signaling.switchboard import Switchboard


class Handlers:
    """Answers from KV, the read model of memberships and the operator's settings."""

    def __init__(
        self,
        switchboard: Switchboard,
        members: Membership,
        seats: Seats,
        settings: SignalingSettings,
    ) -> None:
        self._switchboard = switchboard
        self._members = members
        self._seats = seats
        self._settings = settings

    def table(self) -> Table:
        """Which command each handler answers."""
        return {
            GetIceServers: self.ice_servers,
            GetRoster: self.roster,
            GetRunning: self.running,
            JoinCall: self.join,
            LeaveCall: self.leave,
            SetMedia: self.set_media,
            ReactInCall: self.react,
            Ring: self.ring,
            DeclineCall: self.decline,
        }

    async def ice_servers(self, call: Call, command: GetIceServers) -> IceServers:
        """Credentials are for people of ours only: a TURN server is a relay others would abuse."""
        room = command.room
        person = call.person
        if room is None and isinstance(person, Guest):
            room = person.room
        if room is not None:
            await self._check_member(call, room)
        settings = self._settings
        expires = call.at // 1000 + settings.turn_lifetime
        return IceServers(
            servers=ice_servers(
                settings.stun_urls,
                settings.turn_urls,
                settings.turn_secret,
                call.person.user,
                expires,
            ),
            expires_at=expires * 1000,
            relay_only=settings.turn_relay_only,
        )

    async def roster(self, call: Call, command: GetRoster) -> RosterFound:
        await self._check_member(call, command.room)
        return self._found(command.room, await self._switchboard.read(command.room))

    async def running(self, call: Call, _: GetRunning) -> RunningFound:
        """From memory alone: every page asks this whenever it connects.

        Who is rung and was on the way hears it now.
        """
        person, places = call.person, self._settings.places
        found = [
            (room, view)
            for room, view in self._switchboard.running()
            if self._members.known(room, person.user)
        ]
        if person.session is not None:
            for room, view in found:
                await self._switchboard.ring_on(room, view, person.user, person.session, call.at)
        return RunningFound(
            rosters=[calls.roster(room, view, places) for room, view in found],
            limit=places.speakers,
            listener_limit=places.listeners,
        )

    async def join(self, call: Call, command: JoinCall) -> RosterFound:
        await self._check_member(call, command.room)
        joining = Participant(
            session=session_of(call),
            user=call.person.user,
            device=call.person.device,
            since=call.at,
            media=command.media,
            listening=command.listen,
        )
        view = await self._switchboard.apply(
            command.room,
            lambda view: calls.join(
                command.room,
                view,
                joining,
                places=self._settings.places,
                new_call=new_id,
                now=call.at,
                former=command.former,
                dropped=self._seats.dropped,
            ),
        )
        return self._found(command.room, view)

    async def leave(self, call: Call, command: LeaveCall) -> Done:
        gone = [session_of(call)]
        await self._switchboard.apply(
            command.room, partial(calls.remove, command.room, gone=gone, why="left")
        )
        return Done()

    async def set_media(self, call: Call, command: SetMedia) -> Done:
        session = session_of(call)
        await self._switchboard.apply(
            command.room,
            partial(calls.change, command.room, session=session, media=command.media),
        )
        return Done()

    async def react(self, call: Call, command: ReactInCall) -> Done:
        if not emoji.is_emoji(command.emoji):
            raise Refusal(Code.REACTION_INVALID, field="$.emoji")
        await self._switchboard.show(command.room, session_of(call), command.emoji)
        return Done()

    async def ring(self, call: Call, command: Ring) -> Done:
        by = session_of(call)
        users = [user for user in command.users if await self._members.has(command.room, user)]
        await self._switchboard.apply(
            command.room, partial(calls.ring, command.room, by=by, users=users, now=call.at)
        )
        return Done()

    async def decline(self, call: Call, command: DeclineCall) -> Done:
        await self._check_member(call, command.room)
        await self._switchboard.apply(
            command.room,
            partial(calls.decline, command.room, call=command.call, user=call.person.user),
        )
        return Done()

    def _found(self, room: RoomId, view: CallView) -> RosterFound:
        return RosterFound(roster=calls.roster(room, view, self._settings.places))

    async def _check_member(self, call: Call, room: RoomId) -> None:
        if not await self._members.has(room, call.person.user):
            raise Refusal(Code.NOT_MEMBER)
