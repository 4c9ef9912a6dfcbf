using Npgsql;
using NpgsqlTypes;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Triggers;

/// <summary>Counts what visitors do with proactive messages.</summary>
internal sealed class TriggerService(TenantDatabase database, TenantSettingsService settings)
{
    // Anybody can send reports, and each page of a day is a row.
    private const int MaxPagesOfDay = 500;

    private const int MaxPagesShown = 50;

    /// <summary>
    /// What a page needs to know about the tenant's triggers. Null if there are none, so that the page loads nothing for them.
    /// </summary>
    public static IReadOnlyList<WidgetTrigger>? Of(TenantSettings settings)
    {
        WidgetTrigger[] triggers =
        [
            .. settings.Triggers.Where(trigger => trigger.Enabled)
                .Select(trigger => new WidgetTrigger(trigger.Id, trigger.When, trigger.Variants, trigger.Cap)),
        ];
        return triggers.Length > 0 ? triggers : null;
    }

    /// <summary>Counts a report. Returns false if the tenant has no such trigger or variant.</summary>
    public async Task<bool> CountAsync(TenantId tenant, TriggerReport report, CancellationToken ct)
    {
        // Anybody can send reports, so they are counted only under names from the settings.
        var known = (await settings.ReadAsync(tenant, ct)).Triggers.Any(trigger =>
            trigger.Id == report.Trigger && trigger.Variants.Any(variant => variant.Id == report.Variant));
        if (!known) return false;
        await using var batch = database.Batch(tenant).Add(
            """
            with today as (
              select (now() at time zone 'UTC')::date as day, coalesce(page_of($7), '') as page
            ), recent as (
              select counts.page from trigger_counts counts join today using (day)
              where counts.tenant_id = $1 and counts.trigger_id = $2 and counts.variant = $3
            )
            insert into trigger_counts as counts (tenant_id, trigger_id, variant, day, page, shown, opened, closed)
            select $1, $2, $3, day,
              case when page in (select known.page from recent known) or (select count(*) from recent) < $8 then page else '' end,
              $4, $5, $6
            from today
            on conflict (tenant_id, trigger_id, variant, day, page) do update set
              shown = counts.shown + excluded.shown, opened = counts.opened + excluded.opened, closed = counts.closed + excluded.closed
            """,
            [
                tenant.Value,
                report.Trigger,
                report.Variant,
                report.Event == TriggerEvent.Shown ? 1 : 0,
                report.Event == TriggerEvent.Opened ? 1 : 0,
                report.Event == TriggerEvent.Closed ? 1 : 0,
                new NpgsqlParameter { Value = (object?)report.Page ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                MaxPagesOfDay,
            ]);
        await batch.RunAsync(ct);
        return true;
    }

    /// <summary>Returns how each trigger does, those in the settings first.</summary>
    public async Task<IReadOnlyList<TriggerFigures>> FiguresAsync(TenantId tenant, DateOnly from, DateOnly to, CancellationToken ct)
    {
        var counts = new Dictionary<(string Trigger, string Variant), (int Shown, int Opened, int Closed)>();
        var pages = new List<(string Trigger, TriggerPageFigures Figures)>();
        await using (var batch = database.Batch(tenant)
            .Add(
                """
                select trigger_id, variant, sum(shown)::integer, sum(opened)::integer, sum(closed)::integer
                from trigger_counts where tenant_id = $1 and day between $2 and $3 group by trigger_id, variant order by trigger_id, variant
                """,
                [tenant.Value, from, to])
            .Add(
                """
                select trigger_id, page, shown, opened, closed
                from (
                  select trigger_id, page, sum(shown) as shown, sum(opened) as opened, sum(closed) as closed,
                    row_number() over (partition by trigger_id order by sum(shown) desc, page) as place
                  from trigger_counts where tenant_id = $1 and day between $2 and $3 group by trigger_id, page
                ) counted
                where place <= $4 order by trigger_id, place
                """,
                [tenant.Value, from, to, MaxPagesShown]))
        {
            await using var rows = await batch.ReadAsync(ct);
            while (await rows.ReadAsync(ct))
                counts[(rows.GetString(0), rows.GetString(1))] = (rows.GetInt32(2), rows.GetInt32(3), rows.GetInt32(4));
            await rows.NextResultAsync(ct);
            while (await rows.ReadAsync(ct))
            {
                var figures = new TriggerPageFigures(rows.GetString(1), rows.GetInt64(2), rows.GetInt64(3), rows.GetInt64(4));
                pages.Add((rows.GetString(0), figures));
            }
        }

        var triggers = (await settings.ReadAsync(tenant, ct)).Triggers;
        return
        [
            .. triggers.Select(trigger => trigger.Id).Union(counts.Keys.Select(key => key.Trigger)).Select(id =>
            {
                var variants = triggers.FirstOrDefault(trigger => trigger.Id == id)?.Variants ?? [];
                var names = variants.Select(variant => variant.Id)
                    .Union(counts.Keys.Where(key => key.Trigger == id).Select(key => key.Variant))
                    .ToList();
                return new TriggerFigures(
                    id,
                    Compare(names, name => counts.GetValueOrDefault((id, name)), variants),
                    [.. pages.Where(page => page.Trigger == id).Select(page => page.Figures)]);
            }),
        ];
    }

    private static IReadOnlyList<TriggerVariantFigures> Compare(
        IReadOnlyList<string> names,
        Func<string, (int Shown, int Opened, int Closed)> countsOf,
        IReadOnlyList<TriggerVariant> variants)
    {
        var first = countsOf(names[0]);
        return
        [
            .. names.Select((name, i) =>
            {
                var (shown, opened, closed) = countsOf(name);
                // A report that it was shown may be lost when the page is left.
                var seen = Math.Max(shown, opened);
                // Multiplied by the number of comparisons (Bonferroni).
                double? p = i == 0
                    ? null
                    : Math.Min(
                        1,
                        (names.Count - 1) * VariantComparison.PValue(Math.Max(first.Shown, first.Opened), first.Opened, seen, opened));
                return new TriggerVariantFigures
                {
                    Variant = name,
                    Message = variants.FirstOrDefault(variant => variant.Id == name)?.Message,
                    Shown = shown,
                    Opened = opened,
                    Closed = closed,
                    OpenRate = seen == 0 ? null : (double)opened / seen,
                    PValue = p,
                    Significant = p < VariantComparison.Significance,
                };
            }),
        ];
    }
}
