"""People's pictures in the store."""

from typing import cast

from pymongo.errors import DuplicateKeyError

from contracts.auth import Avatar
from contracts.base import Millis
from contracts.ids import UserId
from services.auth.domain.pictures import MediaType
from services.auth.store import AvatarDocument


class Pictures:
    """Pictures by person and digest: a new one is stored before the account names it."""

    async def put(
        self, user: UserId, digest: str, media_type: MediaType, picture: bytes, at: Millis
    ) -> None:
        """Stores a picture; the same one again is as good as new."""
        document = AvatarDocument(
            id=f"{user}.{digest}",
            user=user,
            digest=digest,
            media_type=media_type,
            picture=picture,
            put_at=at,
        )
        try:
            await document.insert()
        except DuplicateKeyError:
            pictures = AvatarDocument.get_motor_collection()
            await pictures.update_one({"_id": document.id}, {"$set": {"put_at": at}})

    async def get(self, user: UserId, digest: str) -> Avatar | None:
        """The picture."""
        found = await AvatarDocument.get(f"{user}.{digest}")
        if found is None:
            return None
        media_type = cast("MediaType", found.media_type)
        return Avatar(picture=found.picture, media_type=media_type, digest=found.digest)

    async def drop(self, user: UserId, *, but: str | None, before: Millis) -> None:
        """Deletes a person's pictures that were put before a moment, except one."""
        for found in await AvatarDocument.find({"user": user}).to_list():
            if found.digest != but and found.put_at < before:
                await found.delete()
