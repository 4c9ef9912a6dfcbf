-- Row-level security also holds for the tables' owner: without a tenant it sees no rows, so a forgotten condition in an operator's command,
-- or in a function that runs as the owner, shows nothing instead of everything.
--
-- What must look across tenants says so, in one of two ways:
--  - Security definer functions, each of which answers one question for the application. They are recognised by a current user that differs
--    from the session user, and by the search path that each of them sets. A custom setting would be clearer, but only superusers may attach
--    a setting unknown to PostgreSQL to a function.
--  - The owner's own transactions, with app.across_tenants = 'on'. Migrations run with it.
-- Both hold for the owner only. The application gains nothing by setting app.across_tenants.

create function looks_across_tenants() returns boolean
  language sql stable parallel safe
  return coalesce(current_setting('app.across_tenants', true), '') = 'on'
      or (current_user <> session_user and current_setting('search_path') = 'pg_catalog, public, pg_temp');

-- Forces row-level security on every tenant-owned table, with the policy for its present owner. `widget migrate` calls it at its end each time, so
-- that it reaches tables of later migrations, and all of them when the owner has changed. It changes only what differs.
create function guard_tenant_tables() returns integer
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  declare
    owned record;
    changed integer := 0;
  begin
    for owned in
      select class.oid::regclass as name, class.relowner::regrole as owner, policy.oid is not null as has_policy
      from pg_class class
      left join pg_policy policy on policy.polrelid = class.oid and policy.polname = 'across_tenants'
      where class.relkind in ('r', 'p') and class.relnamespace = 'public'::regnamespace and class.relrowsecurity
        and exists (select from pg_attribute where attrelid = class.oid and attname = 'tenant_id' and not attisdropped)
        and not (class.relforcerowsecurity and policy.oid is not null and policy.polroles = array[class.relowner])
      order by class.relname
    loop
      if owned.has_policy then
        execute format('drop policy across_tenants on %s', owned.name);
      end if;
      execute format('create policy across_tenants on %s to %s using ((select looks_across_tenants()))', owned.name, owned.owner);
      execute format('alter table %s force row level security', owned.name);
      changed := changed + 1;
    end loop;
    return changed;
  end
  $$;
revoke execute on function guard_tenant_tables from public;

select guard_tenant_tables();
