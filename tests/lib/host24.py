# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What is particular to Dovecot 2.4 (see host.py). host23.py has the same
names."""

# Without mail_attachment_detection_options some formats give each message that
# is saved a keyword, $HasNoAttachment.
CONFIG = """\
dovecot_config_version = {version}
dovecot_storage_version = {version}
protocols = {protocols}
base_dir = {dir}/run
state_dir = {dir}/state
instance_name = imap2-private
listen = 127.0.0.1
log_path = {dir}/log
ssl = no
auth_allow_cleartext = no
auth_mechanisms = plain login
auth_failure_delay = 0
default_vsz_limit = {vsz_limit}
first_valid_uid = 1
mail_driver = maildir
mail_path = ~/Maildir
mail_attachment_detection_options =
mail_fsync = never
mbox_write_locks = dotlock fcntl

passdb passwd-file {{
  passwd_file_path = {dir}/users
}}
userdb passwd-file {{
  passwd_file_path = {dir}/users
}}

namespace inbox {{
  inbox = yes
  separator = /
}}
namespace public {{
  type = public
  prefix = Public/
  separator = /
  mail_driver = maildir
  mail_path = {dir}/public
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
    "maildir": "userdb_mail_driver=maildir userdb_mail_path=~/Maildir",
    "sdbox": "userdb_mail_driver=sdbox userdb_mail_path=~/sdbox",
    "mdbox": "userdb_mail_driver=mdbox userdb_mail_path=~/mdbox",
    "mbox": "userdb_mail_driver=mbox userdb_mail_path=~/mail "
            "userdb_mail_inbox_path=~/inbox",
}
# An existing Maildir, in which no index is to be made.
FOREIGN_MAILDIR = "userdb_mail_driver=maildir userdb_mail_path={mail} " \
    "userdb_namespace/inbox/mail_index_path={index}"

# Services besides the login services that change their root.
CHROOTED = ("anvil", "stats")


def environment(variables):
    """What processes are given beside what they would be."""
    return "import_environment {\n%s}\n" % "".join(
        "  %s = %s\n" % item for item in variables.items())


# Pieces of configuration that several tests need.

CLEARTEXT_ALLOWED = "auth_allow_cleartext = yes\n"
# Inside a service: its processes serve any number of clients, one after another
# or, with a client_limit, at once.
REUSED = "restart_request_count = unlimited\n"
ACL = "acl_driver = vfile\n"
COMPRESS = "mail_compress"
NO_LIMIT = "unlimited"
VIRTUAL = """
mail_plugins {
  virtual = yes
}
namespace virtual {
  prefix = virtual/
  separator = /
  mail_driver = virtual
  mail_path = ~/virtual
}
"""


def plugins(*names):
    return "mail_plugins {\n%s}\n" % "".join(
        "  %s = yes\n" % name for name in names)


def more_plugins(*names):
    """Beside the global ones, inside a protocol."""
    return plugins(*names)


def static_passdb(users, password="", **fields):
    """Users, by pattern. No password: theirs isn't looked at, if the fields
    say so."""
    return "passdb %s {\n  driver = static\n  username_filter = %s\n" \
        "  static_password = %s\n  fields {\n%s  }\n}\n" % (
            users.strip("*"), users, password, "".join(
                "    %s = %s\n" % field for field in fields.items()))


def tls(directory):
    """With cert and key in that directory."""
    return "ssl = yes\nssl_server_cert_file = %s/cert\n" \
        "ssl_server_key_file = %s/key\n" % (directory, directory)


def trusts(certificate):
    """For proxying."""
    return "ssl_client_ca_file = %s\n" % certificate


# What the log says.

LOGGED_IN = "Logged in"
# Before what the plugin mail_log has to say.
MAIL_LOG = r"Info: Mailbox \S+: "
MAILBOX_CREATED = "Info: Mailbox {}: Mailbox created"

# doveadm kick ends sessions one by one.
KICK = ("kick",)
KICKED = "1 connections kicked"
KICKED_LOG = "User kicked"
KICK_ENDS_PROCESS = False
# What doveadm proxy list has on a user's line.
PROXIED = r"1 imap2-login +\(\d+\) +\(127\.0\.0\.1\)"

# Megabytes that lib-storage may take beyond rest for what test_memory.py does.
OVER_IDLE = 12
