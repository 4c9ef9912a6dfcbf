using System.Collections.Concurrent;
using Npgsql;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Usage;

/// <summary>What a tenant's ceilings still allow.</summary>
/// <param name="MayUseModel">The language model may answer and calls may start. Otherwise answers quote their sources.</param>
public readonly record struct BudgetVerdict(bool MayUseModel)
{
    public static BudgetVerdict Open { get; } = new(MayUseModel: true);

    /// <summary>Calls may start. They cost more than anything else.</summary>
    public bool MayCall => MayUseModel;
}

/// <summary>
/// Compares a tenant's usage of the month with its ceilings. Without ceilings nothing is read. Otherwise the month is summed up every few
/// seconds, and usage on this node since then is added. So many questions need only one query, and a ceiling is exceeded at most by the
/// answers that were in progress.
/// </summary>
public sealed partial class MonthlyBudget(TenantDatabase database, BudgetOptions options, TimeProvider clock, ILogger<MonthlyBudget> logger)
{
    private const int MostKnown = 10_000;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<TenantId, Known> _known = [];
    private readonly ConcurrentDictionary<(TenantId Tenant, DateOnly Month, string Ceiling, BudgetState State), bool> _said = [];

    public async ValueTask<BudgetVerdict> CheckAsync(TenantId tenant, TenantSettings settings, CancellationToken ct)
    {
        if (!Standing.Any(settings, options)) return BudgetVerdict.Open;
        try
        {
            var standings = Standing.Of(await UseAsync(tenant, ct), settings, options);
            await WarnAsync(tenant, standings, ct);
            return new BudgetVerdict(
                MayUseModel: !IsReached(Standing.Messages) && !IsReached(Standing.Tokens) && !IsReached(Standing.ModelSpend));

            bool IsReached(string ceiling) => standings.Any(
                standing => standing.Name == ceiling && standing.Usage.State is BudgetState.Reached or BudgetState.PriceUnknown);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // Fail open: an internal error must not lock visitors out.
            LogUnchecked(e, tenant);
            return BudgetVerdict.Open;
        }
    }

    /// <summary>Whether a model's tokens can be priced, if the tenant has a ceiling on spend.</summary>
    public bool CanPrice(TenantSettings settings, string model) => settings.Budget.MonthlyModelSpend is null || options.KnowsPriceOf(model);

    /// <summary>Adds usage that was counted on this node.</summary>
    public void Count(TenantId tenant, string kind, ModelUse use)
    {
        var more = new UsageSum(kind, use.Model ?? "", 1, 0, 0, use.InputTokens, use.OutputTokens, use.EstimatedTokens);
        while (_known.TryGetValue(tenant, out var known) && !_known.TryUpdate(tenant, known with { Use = known.Use.With(more) }, known))
        {
            // Other usage was added at the same time. Try again.
        }
    }

    public async Task<UsageReport> ReportAsync(TenantId tenant, TenantSettings settings, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(tenant, ct);
        var use = await UsageMeter.ThisMonthAsync(db, now, ct);
        var standings = Standing.Of(use, settings, options);
        var unpriced = use.Unpriced(options).Concat(options.ChatModel is { } chat && !options.KnowsPriceOf(chat) ? [chat] : []);
        var from = UsageMeter.MonthOf(now);
        return new UsageReport(
            from,
            from.AddMonths(1),
            standings.Max(standing => standing.Usage.State),
            At(Standing.Messages),
            At(Standing.Tokens),
            use.InputTokens,
            use.OutputTokens,
            use.EstimatedTokens,
            At(Standing.ModelSpend),
            [.. unpriced.Distinct(StringComparer.Ordinal)],
            At(Standing.VideoMinutes),
            At(Standing.VoiceMinutes),
            At(Standing.SpeechCharacters),
            use.Minutes(UsageMeter.Transcription));

        MonthlyUsage At(string ceiling) => standings.Single(standing => standing.Name == ceiling).Usage;
    }

    private async ValueTask<MonthlyUse> UseAsync(TenantId tenant, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (_known.TryGetValue(tenant, out var known) && now - known.At < Fresh && UsageMeter.MonthOf(known.At) == UsageMeter.MonthOf(now))
            return known.Use;
        await using var db = await database.BeginAsync(tenant, ct);
        var use = await UsageMeter.ThisMonthAsync(db, now, ct);
        if (_known.Count >= MostKnown) _known.Clear();
        _known[tenant] = new Known(use, now);
        return use;
    }

    // Once a month for each ceiling and state, whichever node comes to it first.
    private async Task WarnAsync(TenantId tenant, IReadOnlyList<Standing> standings, CancellationToken ct)
    {
        var month = DateOnly.FromDateTime(UsageMeter.MonthOf(clock.GetUtcNow()).UtcDateTime);
        foreach (var (name, usage) in standings)
        {
            if (usage.State == BudgetState.Ok || _said.ContainsKey((tenant, month, name, usage.State))) continue;
            await using var db = await database.BeginAsync(tenant, ct);
            var state = usage.State switch { BudgetState.Warning => "warning", BudgetState.Reached => "reached", _ => "price_unknown" };
            await using var say = db.Command(
                "insert into usage_warnings (tenant_id, month, ceiling, state) values ($1, $2, $3, $4) on conflict do nothing",
                [tenant.Value, month, name, state]);
            var first = await say.ExecuteNonQueryAsync(ct) == 1;
            await db.CommitAsync(ct);
            if (_said.Count >= MostKnown) _said.Clear();
            _said[(tenant, month, name, usage.State)] = true;
            if (first) Log(tenant, name, usage);
        }
    }

    private void Log(TenantId tenant, string ceiling, MonthlyUsage usage)
    {
        if (usage.State == BudgetState.Warning) LogNear(tenant, ceiling, usage.Used, usage.Ceiling);
        else if (usage.State == BudgetState.Reached) LogReached(tenant, ceiling, usage.Used, usage.Ceiling);
        else LogPriceUnknown(tenant);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Tenant {Tenant} has used more than 80 % of this month's {Ceiling}: {Used} of {Most}")]
    private partial void LogNear(TenantId tenant, string ceiling, decimal? used, decimal? most);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tenant {Tenant} has reached this month's ceiling on {Ceiling}: {Used} of {Most}")]
    private partial void LogReached(TenantId tenant, string ceiling, decimal? used, decimal? most);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Tenant {Tenant} has a ceiling on model spend, but the price of a model is unknown, so its answers quote their sources. "
            + "Set WIDGET_MODEL_PRICES")]
    private partial void LogPriceUnknown(TenantId tenant);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Reading the usage of tenant {Tenant} failed; its ceilings are not enforced for now")]
    private partial void LogUnchecked(Exception exception, TenantId tenant);

    private sealed record Known(MonthlyUse Use, DateTimeOffset At);
}
