-- Token buckets that all nodes share. A bucket is one timestamp: the time when it will be full again. A missing row is a full bucket, so
-- the table can be lost without harm and is unlogged. Keys are hashes. The table belongs to no tenant, and the application can access it
-- only through two functions.

create unlogged table rate_limits (
  key     bytea       not null primary key,
  full_at timestamptz not null
) with (fillfactor = 70);
create index on rate_limits (full_at);

-- Takes as many tokens as are available, up to the number wanted. If there are none, returns the wait until the next one. All nodes use
-- the database's clock.
create function take_tokens(bucket bytea, wanted integer, capacity integer, period interval) returns table (granted integer, wait interval)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  declare
    at     timestamptz := clock_timestamp();
    each   double precision := extract(epoch from period) / capacity;
    before timestamptz;
    room   double precision;
  begin
    insert into rate_limits as known (key, full_at) values (bucket, at)
    on conflict (key) do update set full_at = greatest(known.full_at, at)
    returning full_at into before;
    room := extract(epoch from at + period - before);
    -- A moment is kept in microseconds, so whole tokens come out a little short.
    granted := greatest(0, least(wanted, floor(room / each + 0.001)::integer));
    wait := '0';
    if granted > 0 then
      update rate_limits set full_at = before + make_interval(secs => granted * each) where key = bucket;
    else
      wait := make_interval(secs => greatest(0, each - room));
    end if;
    return next;
  end
  $$;

create function forget_full_buckets() returns void
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    delete from rate_limits where key in (
      select key from rate_limits where full_at < clock_timestamp() - interval '1 minute' limit 10000 for update skip locked)
  $$;

revoke execute on function take_tokens, forget_full_buckets from public;
grant  execute on function take_tokens, forget_full_buckets to widget_application;
