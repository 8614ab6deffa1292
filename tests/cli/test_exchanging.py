"""``harmoniqc pack``, ``unpack``, ``verify``, and ``evaluate`` of a folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import harmoniqc as hq
from harmoniqc.cli import main
from tests.exchange.folder_examples import package, results

CORPUS = Path(__file__).parents[1] / "corpus"


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    hq.write(package(results=results().drop_columns(["x_instrument"])), tmp_path / "p.json")
    return tmp_path / "p.json"


def test_there_and_back(sent: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "x")
    assert main(["pack", str(sent), folder, "--sender", "Kyoto", "--receiver", "Paris"]) == 0
    assert "4 results, 2 criteria, 1 specifications" in capsys.readouterr().out
    assert main(["verify", folder]) == 0
    assert "is what it says" in capsys.readouterr().out
    assert main(["unpack", folder, str(tmp_path / "q.json")]) == 0
    assert (tmp_path / "q.json").read_bytes() == sent.read_bytes()
    assert main(["pack", folder, str(tmp_path / "y"), "--verdicts", "--previous", folder]) == 0
    assert main(["verify", str(tmp_path / "y"), "--previous", folder]) == 0
    assert main(["verify", folder, "--previous", str(tmp_path / "y")]) == 1
    exchange = hq.read_exchange(tmp_path / "y")
    assert exchange.verdicts is not None
    assert exchange.verdicts.num_rows == 4


def test_evaluating_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = CORPUS / "01_car_t_ari0001_cd19.json"
    folder = tmp_path / "x"
    main(["pack", str(file), str(folder)])
    capsys.readouterr()
    status = main(["evaluate", str(file), "--format", "json"])
    expected = json.loads(capsys.readouterr().out)
    assert main(["evaluate", str(folder), "--format", "json", "--record", str(tmp_path / "r.json")]) == status
    assert json.loads(capsys.readouterr().out) == expected
    assert main(["evaluate", str(folder), str(folder), "--batches", str(folder), "--format", "json"]) == status
    assert json.loads(capsys.readouterr().out) == expected
    assert main(["replay", str(tmp_path / "r.json")]) == 0
    assert "identical" in capsys.readouterr().out
    for option in (["--record", str(folder / "r.json")], ["-o", str(folder / "results" / "o.txt")]):
        assert main(["evaluate", str(folder), *option]) == 2
        assert "would be in the folder of an exchange" in capsys.readouterr().err
    assert hq.verify(folder) == hq.Findings()


def test_a_damaged_exchange(sent: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "x"
    main(["pack", str(sent), str(folder)])
    shutil.rmtree(folder / "batches")
    capsys.readouterr()
    assert main(["verify", str(folder)]) == 1
    assert "error[file-missing]" in capsys.readouterr().out
    for command in (["unpack", str(folder), str(tmp_path / "q.json")], ["evaluate", str(folder)]):
        assert main(command) == 2
        assert "file-missing" in capsys.readouterr().err
    assert not (tmp_path / "q.json").exists()


def test_signatures(sent: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = Ed25519PrivateKey.generate()
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "key.pem").write_bytes(private)
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "public.pem").write_bytes(public)
    folder = str(tmp_path / "x")
    assert main(["pack", str(sent), folder, "--sign", str(tmp_path / "key.pem")]) == 0
    assert main(["verify", folder, "--key", str(tmp_path / "public.pem")]) == 0
    assert "signature-not-checked" not in capsys.readouterr().out
    assert main(["verify", folder]) == 0
    assert "signature-not-checked" in capsys.readouterr().out
    assert main(["unpack", folder, str(tmp_path / "q.json"), "--key", str(tmp_path / "public.pem")]) == 0
    assert main(["verify", folder, "--key", str(tmp_path / "key.pem")]) == 2
    main(["pack", str(sent), folder])
    assert main(["unpack", folder, str(tmp_path / "z.json"), "--key", str(tmp_path / "public.pem")]) == 2
    assert not (tmp_path / "z.json").exists()


def test_what_cannot_be_used(sent: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hq.write(package().specifications[0], tmp_path / "s.json")
    hq.write(package(), tmp_path / "x")
    for command, said in (
        (["pack", str(tmp_path / "s.json"), str(tmp_path / "y")], "holds no package"),
        (["pack", str(sent), str(tmp_path / "y.json")], "is the name of a file"),
        (["pack", str(sent), str(tmp_path)], "folder-in-use"),
        (["unpack", str(tmp_path / "x"), str(tmp_path / "q.parquet")], "a package goes into"),
        (["unpack", str(tmp_path / "x"), str(tmp_path / "q.json")], "x_instrument"),
        (["unpack", str(tmp_path / "none"), str(tmp_path / "q.json")], "not-an-exchange"),
        (["verify", str(tmp_path / "s.parquet"), "--key", "k.pem"], "a single file has no signature"),
        (["evaluate", str(tmp_path / "x"), "--mapping", "m.toml"], "needs no mapping"),
    ):
        assert main(command) == 2
        assert said in capsys.readouterr().err
    assert main(["verify", str(tmp_path / "none")]) == 2


def test_a_single_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hq.write(hq.restamp(pa.table({"batch_id": ["B"], "value": [1.5]})), tmp_path / "r.parquet")
    assert main(["verify", str(tmp_path / "r.parquet")]) == 0
    (tmp_path / "r.parquet").write_bytes(b"PAR1" * 5)
    assert main(["verify", str(tmp_path / "r.parquet")]) == 1
    assert "broken-table" in capsys.readouterr().out
