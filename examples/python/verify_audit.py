#!/usr/bin/env python3
"""Checks an exported audit record by its public key, from docs/audit.md alone.

    verify_audit.py RECORD.ndjson KEY.pem

Needs the package cryptography (Debian: python3-cryptography). Ends with 0 where the
record is right; else with 1, having told the first line that isn't.
"""

import hashlib
import json
import re
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

GENESIS = "0" * 64
HASH_TAIL = re.compile(rb',"hash":"([0-9a-f]{64})"\}')
SIGNATURE_TAIL = re.compile(rb',"signature":"([0-9a-f]{128})"\}')


class Wrong(Exception):
    """What is wrong with a line."""


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def cut(line, tail, length):
    """The line without its last field, and that field's value."""
    found = tail.fullmatch(line[-length:])
    if found is None:
        raise Wrong("it doesn't end as it should")
    return line[:-length], found.group(1).decode()


class Record:
    def __init__(self, pem):
        self.key = load_pem_public_key(pem)
        der = self.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.fingerprint = sha256(der)
        self.tenant = None
        self.chains = {}  # by shard: [seq, head, entries]
        self.last_shard = -1
        self.texts = []  # of the last entry, still to come: (field, hash)
        self.owner = None  # that entry
        self.checkpoint = None

    def take(self, line):
        fields = json.loads(line)
        if self.checkpoint is not None:
            raise Wrong("it stands behind the checkpoint")
        self.tenant = self.tenant or fields["tenant"]
        if fields["v"] != 1 or fields["tenant"] != self.tenant:
            raise Wrong("another version or tenant")
        kind = fields["kind"]
        if self.texts and kind not in ("text", "erased"):
            raise Wrong("a text of entry %s/%s is missing" % self.owner[:2])
        check = {
            "entry": self.entry,
            "text": self.text,
            "erased": self.erased,
            "trimmed": self.trimmed,
            "checkpoint": self.end,
        }[kind]
        check(fields, line)

    def entry(self, fields, line):
        body, own = cut(line, HASH_TAIL, 75)
        if sha256(body) != own:
            raise Wrong("changed")
        shard = fields["shard"]
        if shard < self.last_shard:
            raise Wrong("out of order")
        self.last_shard = shard
        chain = self.chains.setdefault(shard, [0, GENESIS, 0])
        if fields["seq"] != chain[0] + 1:
            raise Wrong("expected entry %d/%d" % (shard, chain[0] + 1))
        if fields["prev"] != chain[1]:
            raise Wrong("it doesn't follow from the one before")
        chain[:] = [fields["seq"], own, chain[2] + 1]
        self.texts = list(fields.get("texts", {}).items())
        self.owner = (shard, fields["seq"], fields["generation"], len(self.texts))

    def text(self, fields, line):
        if not self.texts or sha256(line) != self.texts.pop(0)[1]:
            raise Wrong("not a text of the entry before it")

    def erased(self, fields, line):
        self.signed(line)
        of = (fields["shard"], fields["seq"], fields["generation"], len(self.texts))
        if not self.texts or of != self.owner:
            raise Wrong("not about the entry before it")
        self.texts = []

    def trimmed(self, fields, line):
        self.signed(line)
        if fields["shard"] <= self.last_shard:
            raise Wrong("out of order")
        self.last_shard = fields["shard"]
        self.chains[fields["shard"]] = [fields["seq"], fields["head"], 0]

    def end(self, fields, line):
        if fields["key"] != self.fingerprint:
            raise Wrong("signed by another key")
        self.signed(line)
        self.checkpoint = fields
        known = set()
        for head in fields["chains"]:
            known.add(head["shard"])
            seq, own, entries = self.chains.get(head["shard"], (0, GENESIS, 0))
            if entries == 0 and seq >= head["seq"]:
                continue  # dropped since
            if (seq, own) != (head["seq"], head["head"]):
                raise Wrong("the chain of shard %d ends elsewhere" % head["shard"])
        if set(self.chains) - known:
            raise Wrong("the checkpoint lacks a chain")

    def signed(self, line):
        body, signature = cut(line, SIGNATURE_TAIL, 144)
        try:
            self.key.verify(bytes.fromhex(signature), body)
        except InvalidSignature:
            raise Wrong("not signed by this key, or changed") from None


def main(path, key_path):
    with open(key_path, "rb") as file:
        record = Record(file.read())
    number = 0
    try:
        with open(path, "rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    raise Wrong("cut off")
                record.take(line[:-1])
        if record.checkpoint is None:
            raise Wrong("no checkpoint at the end")
    except (Wrong, ValueError, KeyError, TypeError, AttributeError) as error:
        print("%s, line %d: %s" % (path, number, error))
        return 1
    entries = sum(chain[2] for chain in record.chains.values())
    print("%s: right: %d entries of %s" % (path, entries, record.tenant))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
