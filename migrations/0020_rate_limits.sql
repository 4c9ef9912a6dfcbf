-- Token buckets that all nodes share. A bucket is one moment: when it will be full again. Nobody has taken from one that is not here, so
-- nothing is
-- lost with the table, and it is not written to the log. Keys are hashes. It is the installation's and no tenant's; the application
-- reaches it by two
-- functions alone.

create unlogged table rate_limits (
  key     bytea       not null primary key,
  full_at timestamptz not null
) with (fillfactor = 70);
create index on rate_limits (full_at);

-- Takes as many tokens as there are, up to those wanted; where there are none, says how long until there is one. The database's clock
-- counts for all.
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
