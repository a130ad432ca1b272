# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What is particular to Dovecot 2.3 (see host.py). host24.py has the same
names."""

# version isn't said in this series.
CONFIG = """\
protocols = {protocols}
base_dir = {dir}/run
state_dir = {dir}/state
instance_name = imap2-private
listen = 127.0.0.1
log_path = {dir}/log
ssl = no
disable_plaintext_auth = yes
auth_mechanisms = plain login
auth_failure_delay = 0
default_vsz_limit = {vsz_limit}
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_fsync = never
mbox_write_locks = dotlock fcntl

passdb {{
  driver = passwd-file
  args = {dir}/users
}}
userdb {{
  driver = passwd-file
  args = {dir}/users
}}

namespace inbox {{
  inbox = yes
  separator = /
}}
namespace public {{
  type = public
  prefix = Public/
  separator = /
  location = maildir:{dir}/public
  subscriptions = no
  list = yes
}}

service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""

# Fields of the passwd-file for mail of each format.
FORMATS = {
    "maildir": "userdb_mail=maildir:~/Maildir",
    "sdbox": "userdb_mail=sdbox:~/sdbox",
    "mdbox": "userdb_mail=mdbox:~/mdbox",
    "mbox": "userdb_mail=mbox:~/mail:INBOX=~/inbox",
}
# An existing Maildir, in which no index is to be made.
FOREIGN_MAILDIR = "userdb_mail=maildir:{mail}:INDEX={index}"

# Services besides the login services that change their root.
CHROOTED = ("anvil", "stats", "ipc", "director")


def environment(variables):
    """What processes are given beside what they would be."""
    return "import_environment = $import_environment %s\n" % " ".join(
        "%s=%s" % item for item in variables.items())


# Pieces of configuration that several tests need.

CLEARTEXT_ALLOWED = "disable_plaintext_auth = no\n"
# Inside a service: its processes serve any number of clients, one after another
# or, with a client_limit, at once.
REUSED = "service_count = 0\n"
ACL = "plugin {\n  acl = vfile\n}\n"
COMPRESS = "zlib"
NO_LIMIT = "0"
VIRTUAL = """
mail_plugins = virtual
namespace virtual {
  prefix = virtual/
  separator = /
  location = virtual:~/virtual
}
"""


def plugins(*names):
    return "mail_plugins = %s\n" % " ".join(names)


def more_plugins(*names):
    """Beside the global ones, inside a protocol."""
    return plugins("$mail_plugins", *names)


def static_passdb(users, password="", **fields):
    """Users, by pattern. No password: theirs isn't looked at, if the fields
    say so."""
    if password:
        fields["password"] = password
    return "passdb {\n  driver = static\n  username_filter = %s\n" \
        "  args = %s\n}\n" % (users, " ".join(
            "%s=%s" % field for field in fields.items()))


def tls(directory):
    """With cert and key in that directory."""
    return "ssl = yes\nssl_cert = <%s/cert\nssl_key = <%s/key\n" % (
        directory, directory)


def trusts(certificate):
    """For proxying: 2.3 looks at no file of ssl_client_ca_file then."""
    return "ssl_ca = <%s\nssl_require_crl = no\n" % certificate


# What the log says.

LOGGED_IN = "Login"
# Before what the plugin mail_log has to say.
MAIL_LOG = "Info: "
MAILBOX_CREATED = "Info: Mailbox created: {}"

# doveadm kick ends whole processes, and with several clients in one only if it
# is told so.
KICK = ("kick", "-f")
KICKED = "{user}"
KICKED_LOG = "Server shutting down."
KICK_ENDS_PROCESS = True
# What doveadm proxy list has on a user's line.
PROXIED = r"imap2 +127\.0\.0\.1 +127\.0\.0\.1 +\d+"

# Megabytes that lib-storage may take beyond rest for what test_memory.py does.
OVER_IDLE = 8
