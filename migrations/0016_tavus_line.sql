-- Leases on video sessions are short and renewed, and the line for a slot moves on when a slot is free.

-- The keepers' way across tenants: what this node works on stays its own. Says which are; what another node has taken since is not.
create function renew_tavus_sessions(node uuid, lease interval, held uuid[]) returns table (id uuid)
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    update tavus_sessions session
    set lease_until = clock_timestamp() + lease
    where session.id = any (held) and session.lease_owner = node
    returning session.id
  $$;
create index on tavus_sessions (id) where lease_owner is not null;

-- Whether somebody is before this one in the line for a slot. Who has been trying for longer than a head start is not waited for: Tavus may be
-- slow, or the node that tries be dead.
create function tavus_queue_blocked(of_account text, since timestamptz, session uuid, head_start interval) returns boolean
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select exists (
      select 1 from tavus_sessions s
      where s.account = of_account and (s.created_at, s.id) < (since, session)
        and (s.state = 'queued' or (s.state = 'creating' and s.queued_at is not null and s.asked_at > clock_timestamp() - head_start)))
  $$;

-- A slot may be free: the first in the line is to try now. One that is being looked at already is not waited for.
create function wake_tavus_queue(of_account text) returns void
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    update tavus_sessions session set next_check_at = clock_timestamp()
    from (
      select s.tenant_id, s.id from tavus_sessions s
      where s.account = of_account and s.state = 'queued'
      order by s.created_at, s.id
      for update skip locked
      limit 1
    ) first
    where session.tenant_id = first.tenant_id and session.id = first.id
  $$;

revoke execute on function renew_tavus_sessions, tavus_queue_blocked, wake_tavus_queue from public;
grant  execute on function renew_tavus_sessions, tavus_queue_blocked, wake_tavus_queue to widget_application;
