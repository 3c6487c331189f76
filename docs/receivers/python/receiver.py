"""Receives events of Freshet: verifies them, stores them, answers, and then does its work.

    WEBHOOK_SECRETS=whsec_… python3 receiver.py
"""

import base64
import hashlib
import hmac
import json
import os
import sqlite3
import sys
import threading
import time
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# A hundred transactions, the most in one event, take 100 KB; with very long texts more.
MOST_BYTES = 8 * 1024 * 1024
TOLERANCE_SECONDS = 5 * 60


def key_of(secret):
    if not secret.startswith("whsec_"):
        raise ValueError("a secret begins with whsec_")
    return base64.b64decode(secret.removeprefix("whsec_"), validate=True)


# With a space between them while a secret is rotated.
KEYS = [key_of(secret) for secret in os.environ.get("WEBHOOK_SECRETS", "").split()]
if not KEYS:
    sys.exit("WEBHOOK_SECRETS is not set")

# Your own database in its place: the statements are much the same in Postgres. Amounts are text,
# or numeric there, and Decimal here, and never a float, which holds 0.1 only nearly.
SCHEMA = """
create table if not exists received_events (
  place integer primary key, id text not null unique, body text not null, handled_at text);
create table if not exists balances (
  account_id text primary key, current text, available text, currency text not null,
  data_as_of text not null, changed_at text not null);
create table if not exists transactions (
  id text primary key, account_id text not null, status text not null, amount text not null,
  currency text not null, description text, transacted_at text not null, removed_at text,
  changed_at text not null);
"""

FIND_UNHANDLED = """
select place, id, body from received_events where handled_at is null and place > ?
order by place limit 1
"""

# Retries may overtake: what is older than what is there changes nothing.
STORE_BALANCE = """
insert into balances (account_id, current, available, currency, data_as_of, changed_at)
values (:account_id, :current, :available, :currency, :data_as_of, :changed_at)
on conflict (account_id) do update set current = excluded.current,
  available = excluded.available, currency = excluded.currency,
  data_as_of = excluded.data_as_of, changed_at = excluded.changed_at
where excluded.changed_at >= balances.changed_at
"""

STORE_TRANSACTION = """
insert into transactions (id, account_id, status, amount, currency, description,
  transacted_at, removed_at, changed_at)
values (:id, :account_id, :status, :amount, :currency, :description,
  :transacted_at, :removed_at, :changed_at)
on conflict (id) do update set status = excluded.status, amount = excluded.amount,
  currency = excluded.currency, description = excluded.description,
  transacted_at = excluded.transacted_at, removed_at = excluded.removed_at,
  changed_at = excluded.changed_at
where excluded.changed_at >= transactions.changed_at
"""


def complain(*what):
    print(*what, file=sys.stderr, flush=True)


def connect():
    """A connection of one thread's own. Each statement of it commits by itself."""
    path = os.environ.get("DATABASE", "received.db")
    return sqlite3.connect(path, isolation_level=None, timeout=10)


def handle(db, event):
    # event["sequence"] counts the events of an account from 1. Those in a gap are on their way,
    # or not asked for. Where only ids are sent there is no balance and no transactions: then ask
    # the API for them.
    data = event["data"]
    if event["type"] == "balance.success" and "balance" in data:
        balance = data["balance"]
        db.execute(STORE_BALANCE, balance)
        # To reckon with an amount, make a Decimal of the text.
        if balance["available"] is not None and Decimal(balance["available"]) < 0:
            print("overdrawn:", balance["account_id"], flush=True)
    elif event["type"] == "transaction.success" and "transactions" in data:
        # All alike: each row shows its newest state, and removed_at whether the bank still has it.
        for rows in data["transactions"].values():
            db.executemany(STORE_TRANSACTION, rows)
    # Other types, those to come among them, are none of our business.


def handle_stored(db):
    """Handles what is stored, each event in one transaction with the note that it is handled."""
    place = 0
    while stored := db.execute(FIND_UNHANDLED, [place]).fetchone():
        place, event_id, body = stored
        event = json.loads(body)
        db.execute("begin")
        try:
            handle(db, event)
            db.execute(
                "update received_events set handled_at = datetime('now') where id = ?", [event_id]
            )
            db.execute("commit")
            print("handled", event["type"], event_id, flush=True)
        except Exception as error:
            # It stays stored, is tried again in a minute, and holds up none behind it.
            db.execute("rollback")
            complain("cannot handle", event["type"], event_id, repr(error))


is_stored = threading.Event()


def work():
    db = connect()
    while True:
        # Also what was stored, and not handled, when the program ended; and what has failed.
        is_stored.clear()
        try:
            handle_stored(db)
        except sqlite3.Error as error:
            complain("cannot work:", repr(error))
        is_stored.wait(timeout=60)


def is_number(text):
    return text.isascii() and text.isdigit() and len(text) <= 12


def is_signed(headers, body):
    """By Standard Webhooks: one of the signatures is right, and it was made just now."""
    event_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not event_id or not is_number(timestamp):
        return False
    if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    signed = f"{event_id}.{timestamp}.".encode() + body
    for key in KEYS:
        right = base64.b64encode(hmac.digest(key, signed, hashlib.sha256))
        for signature in headers.get("webhook-signature", "").split():
            version, _, value = signature.partition(",")
            if version == "v1" and hmac.compare_digest(value.encode(), right):
                return True
    return False


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 15

    def do_POST(self):
        length = self.headers.get("content-length", "")
        if not is_number(length):
            return self.answer(411, "no Content-Length", close=True)
        if int(length) > MOST_BYTES:
            return self.answer(413, "too large", close=True)
        # The exact bytes: they are what is signed.
        body = self.rfile.read(int(length))
        if not is_signed(self.headers, body):
            return self.answer(401, "the signature is wrong, or too old")
        try:
            text = body.decode()
            event = json.loads(text)
        except ValueError:
            return self.answer(400, "not JSON")
        if not isinstance(event, dict) or not isinstance(event.get("type"), str):
            return self.answer(400, "no event")
        # The same id on every attempt: what comes again is not stored again, and so not handled
        # again.
        db = connect()
        try:
            db.execute(
                "insert into received_events (id, body) values (?, ?) on conflict (id) do nothing",
                [self.headers["webhook-id"], text],
            )
        except sqlite3.Error as error:
            # Not stored, so not a success: it will come again.
            complain("cannot receive:", repr(error))
            return self.answer(500, "")
        finally:
            db.close()
        is_stored.set()
        self.answer(204, "")

    def do_GET(self):
        self.answer(405, "POST only")

    def answer(self, status, why, close=False):
        """`why` it is no success: Freshet shows that to its operator."""
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(why)))
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(why.encode())

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    connect().executescript("pragma journal_mode = wal;" + SCHEMA)
    threading.Thread(target=work, daemon=True).start()
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8080"))
    server = ThreadingHTTPServer((host, port), Receiver)
    print("listening on", server.server_address, flush=True)
    server.serve_forever()
