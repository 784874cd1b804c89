import pytest
from cryptography.fernet import Fernet, InvalidToken

from audit.encryption import decrypt, encrypt
from config.keys import kept_key, new_encryption_key


def test_what_is_encrypted_comes_back_and_cannot_be_read():
    secret = encrypt(b"Aino Virtanen")
    assert b"Aino" not in secret
    assert decrypt(secret) == b"Aino Virtanen"


def test_the_first_key_encrypts_and_all_decrypt(settings):
    old, new = new_encryption_key(), new_encryption_key()
    settings.ENCRYPTION_KEYS = [old]
    secret = encrypt(b"Aino")
    settings.ENCRYPTION_KEYS = [new, old]
    assert decrypt(secret) == b"Aino"
    assert Fernet(new).decrypt(encrypt(b"Aino")) == b"Aino"
    settings.ENCRYPTION_KEYS = [new]
    with pytest.raises(InvalidToken):
        decrypt(secret)


def test_a_kept_key_is_one_that_encrypts_and_stays_the_same(tmp_path):
    key = kept_key(tmp_path / "keys", "encryption_key", new_encryption_key)
    assert Fernet(key)
    assert kept_key(tmp_path / "keys", "encryption_key", new_encryption_key) == key
    assert (tmp_path / "keys" / "encryption_key").stat().st_mode & 0o777 == 0o600
