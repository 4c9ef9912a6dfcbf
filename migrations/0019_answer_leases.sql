-- A node renews the leases of all answers that it is writing with one statement, across all tenants. One statement per answer would be
-- a hundred a second on a busy node. It names the answers: one that it has given up keeps its lease no longer, and is tried again.

create function renew_answer_leases(node uuid, lease interval, messages uuid[])
  returns table (message_id uuid, stop_requested boolean)
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    update pending_answers answer
    set lease_until = now() + lease
    where answer.lease_owner = node and answer.message_id = any(messages)
    returning answer.message_id, answer.stop_requested
  $$;

revoke execute on function renew_answer_leases from public;
grant  execute on function renew_answer_leases to widget_application;

create index on pending_answers (lease_owner);
