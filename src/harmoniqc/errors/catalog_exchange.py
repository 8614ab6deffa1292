"""Finding codes of exchanges between sites: the folder, its manifest, its tables, its signature."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from harmoniqc.errors.entry import CodeEntry

_E: Literal["error"] = "error"
_W: Literal["warning"] = "warning"
_I: Literal["info"] = "info"

EXCHANGE_CODES: Mapping[str, CodeEntry] = MappingProxyType(
    {
        # -- the folder ----------------------------------------------------------------------------------
        "not-an-exchange": CodeEntry(
            _E, "the folder has no manifest, or is no folder", "name the folder that holds manifest.json"
        ),
        "invalid-exchange-manifest": CodeEntry(
            _E, "the manifest of the exchange cannot be understood", "ask the sender for the exchange again"
        ),
        "unknown-exchange-version": CodeEntry(
            _E,
            "the exchange, or a table in it, was written in a version of the format this library does not know",
            "use a newer harmoniqc, or ask the sender for an older version",
        ),
        "unsafe-path": CodeEntry(
            _E,
            "the manifest names a file in a place where an exchange has none",
            "do not use the exchange; ask the sender what happened",
        ),
        "unsafe-entry": CodeEntry(
            _E,
            "the folder holds a symbolic link or something else that is neither file nor folder",
            "remove it; an exchange is made of plain files",
        ),
        "file-missing": CodeEntry(
            _E, "a file that the manifest names is not there", "copy the exchange again, all of it"
        ),
        "file-not-listed": CodeEntry(
            _E, "the folder holds a file that the manifest does not name", "remove it, or ask the sender what it is"
        ),
        "file-changed": CodeEntry(_E, "a file is not the one that the manifest names", "copy the exchange again"),
        "file-swapped": CodeEntry(
            _E, "a file has the content that the manifest names for another", "copy the exchange again"
        ),
        "folder-in-use": CodeEntry(
            _E,
            "the folder to write to holds something else than an exchange",
            "name a new folder, or an exchange that may be replaced",
        ),
        # -- its tables ----------------------------------------------------------------------------------
        "broken-table": CodeEntry(_E, "a table cannot be read", "ask the sender for the exchange again"),
        "exchange-too-large": CodeEntry(
            _E,
            "a table is larger than is read from others, or claims to be smaller than it is",
            "do not use the file unless its sender can say why",
        ),
        "wrong-partition": CodeEntry(
            _E, "a file holds rows of another site or version than its folder says", "ask the sender to write it again"
        ),
        "rows-differ": CodeEntry(
            _E, "rows are missing, or are there more than once", "ask the sender to write the exchange again"
        ),
        "content-differs": CodeEntry(
            _E,
            "the content of a table is not what is said of it",
            "ask the sender to write it again; a table that was changed on purpose is stamped with hq.restamp",
        ),
        "criteria-differ": CodeEntry(
            _E,
            "the table of criteria does not say what the specifications say",
            "ask the sender to write the exchange again; only specifications decide",
        ),
        "reserved-column": CodeEntry(
            _E, "a column has a name that an exchange needs for itself", "drop or rename the column"
        ),
        "metadata-missing": CodeEntry(
            _I,
            "the table does not say how it was written; another library may have saved it",
            "none needed: the meaning is in the columns; hq.restamp adds what is missing",
        ),
        "metadata-differs": CodeEntry(
            _W,
            "what the table says of itself is not so; it was changed after it was stamped",
            "stamp the table with hq.restamp if the change was meant",
        ),
        "type-restored": CodeEntry(
            _I,
            "a column came in another type than it was written in, and was brought back without loss",
            "none needed",
        ),
        # -- where it comes from -------------------------------------------------------------------------
        "not-signed": CodeEntry(_E, "the exchange is not signed", "ask the sender for a signed exchange"),
        "wrong-signature": CodeEntry(
            _E, "the signature does not belong to the manifest", "do not use the exchange; ask the sender"
        ),
        "signed-by-another": CodeEntry(
            _E, "the exchange is signed with another key than the one given", "ask the sender which key is theirs"
        ),
        "unusable-key": CodeEntry(
            _E, "the key cannot be used to sign or to check a signature", "give an Ed25519 key as PEM, not encrypted"
        ),
        "signature-not-checked": CodeEntry(
            _I, "the exchange is signed, and no key was given to check it with", "give the public key of the sender"
        ),
        "chain-broken": CodeEntry(
            _E,
            "the exchange does not follow the one that it is said to follow",
            "ask the sender for what lies between the two",
        ),
    }
)
