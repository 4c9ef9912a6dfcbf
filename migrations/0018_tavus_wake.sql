-- The first in the line is woken even when its row is locked in that moment, as it is whenever its page says that it is still there. It is waited for;
-- the caller holds no lock meanwhile. If it has left the line by then, whoever let it in wakes the next.
create or replace function wake_tavus_queue(of_account text) returns void
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    update tavus_sessions session set next_check_at = clock_timestamp()
    where session.state = 'queued' and (session.tenant_id, session.id) = (
      select s.tenant_id, s.id from tavus_sessions s
      where s.account = of_account and s.state = 'queued'
      order by s.created_at, s.id
      limit 1)
  $$;
