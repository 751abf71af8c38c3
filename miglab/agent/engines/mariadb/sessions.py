"""Finds what would be lost if a connection of the project were closed and opened again."""

from __future__ import annotations

from typing import Any

from . import drivers
from .drivers import rows

#: What Django, a driver and an option of the settings set in each new session.
_SET_ANEW = (
    "autocommit|character_set_\\\\w+|collation_connection|sql_mode|sql_auto_is_null|time_zone|"
    "tx_isolation|transaction_isolation|timestamp|in_transaction|\\\\w*insert_id|identity|"
    "pseudo_\\\\w+|rand_seed\\\\d|warning_count|error_count|gtid_\\\\w+|last_gtid|proxy_user|"
    "external_user|skip_replication|sql_log_bin|default_tmp_storage_engine|wsrep\\\\w*"
)
_HOLDS = (
    "SELECT count(*) FROM information_schema.SESSION_VARIABLES s "
    "JOIN information_schema.GLOBAL_VARIABLES g ON g.VARIABLE_NAME = s.VARIABLE_NAME "
    "WHERE NOT s.VARIABLE_VALUE <=> g.VARIABLE_VALUE AND lower(s.VARIABLE_NAME) NOT RLIKE '^(%s)$'"
)
_USES = (
    "SELECT count(*) FROM information_schema.SESSION_STATUS WHERE VARIABLE_VALUE <> '0' "
    "AND VARIABLE_NAME IN ('Com_create_temporary_table', 'Com_lock_tables')"
)


def can_reopen(connection: Any) -> bool:
    """Whether Django's connection, which is open, holds nothing of its own: no transaction, no
    temporary or locked tables, and no settings. MySQL does not tell of the last."""
    if connection.in_atomic_block or not connection.get_autocommit():
        return False
    driver = connection.connection
    try:
        return not any(rows(driver, sql)[0][0] for sql in (_HOLDS % _SET_ANEW, _USES))
    except drivers.error():
        return False
