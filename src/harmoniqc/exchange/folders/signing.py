"""Signatures over manifests: Ed25519, with the library ``cryptography``, which is imported when it is needed."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from harmoniqc.errors import DocumentError, Finding
from harmoniqc.exchange.folders.layout import SIGNATURE
from harmoniqc.exchange.folders.manifest import canonical_manifest

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    PrivateKey: TypeAlias = Ed25519PrivateKey | str | os.PathLike[str]
    PublicKey: TypeAlias = Ed25519PublicKey | str | os.PathLike[str]

_LONGEST = 16 * 1024


def signature_bytes(manifest: Any, key: PrivateKey) -> bytes:
    """Return the bytes of the file that signs a manifest.

    Args:
        manifest: The manifest, as JSON-ready data.
        key: The private key, or its file.

    Raises:
        DocumentError: If the key cannot be used, or ``cryptography`` is not installed.
    """
    private = private_key(key)
    said = {
        "algorithm": "Ed25519",
        "key_sha256": fingerprint(private.public_key()),
        "signature": base64.b64encode(private.sign(canonical_manifest(manifest))).decode(),
    }
    return (json.dumps(said, indent=2) + "\n").encode()


def signature_findings(manifest: Any, stored: bytes | None, key: PublicKey | None) -> list[Finding]:
    """Return what is wrong with the signature of a manifest.

    Args:
        manifest: The manifest, as JSON-ready data.
        stored: The bytes of the file that signs it; None: there is none.
        key: The public key of the sender, or its file; None: a signature is mentioned and not checked.

    Raises:
        DocumentError: If the key cannot be used, or ``cryptography`` is not installed.
    """
    if key is None:
        if stored is None:
            return []
        return [Finding("signature-not-checked", f"{SIGNATURE}: there is a signature, and no key to check it with")]
    public = public_key(key)
    if stored is None:
        return [Finding("not-signed", f"{SIGNATURE}: there is no signature")]
    said = _understood(stored)
    if said is None:
        return [Finding("wrong-signature", f"{SIGNATURE}: is no signature of a manifest")]
    expected = fingerprint(public)
    if said["key_sha256"] != expected:
        message = f"{SIGNATURE}: signed with another key"
        return [Finding("signed-by-another", message, expected=expected, found=said["key_sha256"])]
    from cryptography.exceptions import InvalidSignature

    try:
        public.verify(base64.b64decode(said["signature"], validate=True), canonical_manifest(manifest))
    except (InvalidSignature, ValueError):
        return [Finding("wrong-signature", f"{SIGNATURE}: the manifest is not the one that was signed")]
    return []


def _understood(stored: bytes) -> dict[str, str] | None:
    try:
        said = json.loads(stored) if len(stored) <= _LONGEST else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("algorithm") != "Ed25519":
        return None
    return said if all(isinstance(said.get(name), str) for name in ("key_sha256", "signature")) else None


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return the SHA-256 of the 32 bytes of a public key, as 64 hexadecimal digits."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def private_key(key: PrivateKey) -> Ed25519PrivateKey:
    """Return a private key, read from its file if need be.

    Raises:
        DocumentError: ``unusable-key`` if it is none.
    """
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        raise _not_installed() from None
    loaded = key if isinstance(key, Ed25519PrivateKey) else _loaded(key, lambda data: load_pem_private_key(data, None))
    if not isinstance(loaded, Ed25519PrivateKey):
        raise _unusable(key, "is no private key of Ed25519")
    return loaded


def public_key(key: PublicKey) -> Ed25519PublicKey:
    """Return a public key, read from its file if need be.

    Raises:
        DocumentError: ``unusable-key`` if it is none.
    """
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    except ImportError:
        raise _not_installed() from None
    loaded = key if isinstance(key, Ed25519PublicKey) else _loaded(key, load_pem_public_key)
    if not isinstance(loaded, Ed25519PublicKey):
        raise _unusable(key, "is no public key of Ed25519")
    return loaded


def _not_installed() -> DocumentError:
    message = "signatures need the library cryptography"
    remedy = "pip install harmoniqc[signature]"
    return DocumentError(message, (Finding("missing-dependency", message, remedy=remedy),))


def _loaded(key: object, load: Callable[[bytes], object]) -> object:
    from cryptography.exceptions import UnsupportedAlgorithm

    if not isinstance(key, (str, os.PathLike)):
        raise _unusable(None, "is neither a key of Ed25519 nor the file of one")
    try:
        return load(Path(key).read_bytes())
    except OSError as error:
        raise _unusable(key, error.strerror or "cannot be read") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):  # what the library says may quote the key
        raise _unusable(key, "is no key as PEM, or is encrypted") from None


def _unusable(key: object, reason: str) -> DocumentError:
    name = str(key) if isinstance(key, (str, os.PathLike)) else "the key"
    message = f"{name} {reason}"
    return DocumentError(message, (Finding("unusable-key", message),))
