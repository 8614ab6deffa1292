"""A signature says who wrote the manifest, and with it every byte of the exchange."""

from __future__ import annotations

import base64
import builtins
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

import harmoniqc as hq
from tests.exchange.folder_examples import edit_manifest, only_code, package, parts

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
PEM, PKCS8, PLAIN = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
PUBLIC_FORMAT = serialization.PublicFormat.SubjectPublicKeyInfo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    hq.write(package(), tmp_path / "x", sign=KEY)
    return tmp_path / "x"


def test_a_signed_exchange(folder: Path) -> None:
    assert hq.verify(folder, key=KEY.public_key()) == hq.Findings()
    assert hq.read_exchange(folder, key=KEY.public_key()).package == package()
    assert hq.verify(folder).codes == {"signature-not-checked"}
    assert hq.read(folder) == package()


def test_keys_in_files(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(KEY.private_bytes(PEM, PKCS8, PLAIN))
    (tmp_path / "public.pem").write_bytes(KEY.public_key().public_bytes(PEM, PUBLIC_FORMAT))
    hq.write(package(), tmp_path / "x", sign=tmp_path / "key.pem")
    assert hq.verify(tmp_path / "x", key=str(tmp_path / "public.pem")) == hq.Findings()


def test_the_signature_is_over_the_canonical_form(folder: Path) -> None:
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text(encoding="utf-8")), sort_keys=True), encoding="utf-8")
    assert hq.verify(folder, key=KEY.public_key()) == hq.Findings(), "blanks and order are none of its business"
    edit_manifest(folder, lambda m: m.update(created="2020-01-01T00:00:00Z"))
    assert only_code(hq.verify(folder, key=KEY.public_key())) == "wrong-signature"


def test_what_is_refused(folder: Path, tmp_path: Path) -> None:
    assert only_code(hq.verify(folder, key=OTHER.public_key())) == "signed-by-another"
    with pytest.raises(hq.DocumentError):
        hq.read_exchange(folder, key=OTHER.public_key())
    signature = folder / "manifest.sig"
    said = json.loads(signature.read_text(encoding="utf-8"))
    for change in (
        {"signature": base64.b64encode(bytes(64)).decode()},
        {"signature": "not base64"},
        {"signature": 1},
        {"algorithm": "none"},
    ):
        signature.write_text(json.dumps({**said, **change}), encoding="utf-8")
        assert only_code(hq.verify(folder, key=KEY.public_key())) == "wrong-signature"
    for nonsense in (b"", b"\xff", b"[]", b"[" * 50_000):
        signature.write_bytes(nonsense)
        assert only_code(hq.verify(folder, key=KEY.public_key())) == "wrong-signature"
    signature.unlink()
    assert only_code(hq.verify(folder, key=KEY.public_key())) == "not-signed"
    signature.symlink_to(tmp_path / "elsewhere")
    assert "file-missing" in hq.verify(folder, key=KEY.public_key()).codes


def test_a_changed_file_under_a_good_signature(folder: Path) -> None:
    parts(folder)[0].write_bytes(b"x")
    assert only_code(hq.verify(folder, key=KEY.public_key())) == "file-changed"


def test_keys_that_cannot_be_used(tmp_path: Path) -> None:
    secret = b"not a key, and secret"
    files = {
        "nonsense.pem": secret,
        "rsa.pem": generate_private_key(65537, 2048).private_bytes(PEM, PKCS8, PLAIN),
        "encrypted.pem": KEY.private_bytes(PEM, PKCS8, serialization.BestAvailableEncryption(b"x")),
        "public.pem": KEY.public_key().public_bytes(PEM, PUBLIC_FORMAT),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(hq.DocumentError) as refused:
            hq.write(package(), tmp_path / "x", sign=tmp_path / name)
        assert only_code(refused.value.findings) == "unusable-key"
        assert secret.decode() not in str(refused.value)
    with pytest.raises(hq.DocumentError):
        hq.write(package(), tmp_path / "x", sign=tmp_path / "missing.pem")
    with pytest.raises(hq.DocumentError):
        hq.write(package(), tmp_path / "x", sign=5)  # type: ignore[arg-type]
    assert not (tmp_path / "x").exists()
    hq.write(package(), tmp_path / "x")
    assert only_code(hq.verify(tmp_path / "x", key=tmp_path / "rsa.pem")) == "unusable-key"
    assert only_code(hq.verify(tmp_path / "x", key=tmp_path / "public.pem")) == "not-signed"


def test_without_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: object, **options: object) -> object:
        if name.startswith("cryptography"):
            raise ImportError(name)
        return real(name, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    hq.write(package(), tmp_path / "x")
    assert hq.verify(tmp_path / "x") == hq.Findings()
    assert only_code(hq.verify(tmp_path / "x", key=tmp_path / "public.pem")) == "missing-dependency"
    with pytest.raises(hq.DocumentError, match="cryptography"):
        hq.write(package(), tmp_path / "y", sign=tmp_path / "key.pem")
