using System.Collections.Concurrent;
using Npgsql;
using Widget.Api.Models;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Usage;

/// <summary>What a tenant's ceilings still allow.</summary>
/// <param name="MayUseModel">Whether the language model may answer and calls may start. If not, answers quote their sources.</param>
public readonly record struct BudgetVerdict(bool MayUseModel)
{
    public static BudgetVerdict Unlimited { get; } = new(MayUseModel: true);

    /// <summary>Whether calls may start. They cost more than anything else.</summary>
    public bool MayCall => MayUseModel;
}

/// <summary>
/// Compares a tenant's usage of the month with its ceilings. If the tenant has no ceilings, no usage is read. Otherwise it is queried every
/// few seconds, and usage on this node since then is added. So many questions need only one query, and a ceiling is exceeded at most
/// by the answers in progress.
/// </summary>
public sealed partial class MonthlyBudget(
    TenantDatabase database,
    BudgetOptions options,
    ModelAccounts models,
    TenantLimits plans,
    TimeProvider clock,
    ILogger<MonthlyBudget> logger)
{
    private const int MaxCachedTenants = 10_000;
    private static readonly TimeSpan CacheLifetime = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<TenantId, CachedUse> _cache = [];
    private readonly ConcurrentDictionary<(TenantId Tenant, DateOnly Month, string Ceiling, BudgetState State), bool> _loggedWarnings = [];

    public async ValueTask<BudgetVerdict> CheckAsync(TenantId tenant, TenantSettings settings, CancellationToken ct)
    {
        try
        {
            var plan = await plans.ApplyAsync(tenant, options, ct);
            if (!CeilingStatus.HasCeiling(settings, plan)) return BudgetVerdict.Unlimited;
            var statuses = CeilingStatus.Of(await UseAsync(tenant, ct), settings, await OptionsAsync(tenant, plan, ct));
            await WarnAsync(tenant, statuses, ct);
            var mayUseModel =
                !IsReached(CeilingStatus.Messages) && !IsReached(CeilingStatus.Tokens) && !IsReached(CeilingStatus.ModelSpend);
            return new BudgetVerdict(mayUseModel);

            bool IsReached(string ceiling) => statuses.Any(
                status => status.Name == ceiling && status.Usage.State is BudgetState.Reached or BudgetState.PriceUnknown);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // Fail open: an internal error must not lock visitors out.
            LogUnchecked(e, tenant);
            return BudgetVerdict.Unlimited;
        }
    }

    /// <summary>Whether a model's tokens can be priced, if the tenant has a ceiling on spend.</summary>
    public bool CanPrice(TenantSettings settings, string model) => settings.Budget.MonthlyModelSpend is null || options.KnowsPriceOf(model);

    /// <summary>Adds usage that was counted on this node.</summary>
    public void Count(TenantId tenant, string kind, ModelUse use)
    {
        var more = new UsageSum(kind, use.Model ?? "", 1, 0, 0, use.InputTokens, use.OutputTokens, use.EstimatedTokens);
        while (_cache.TryGetValue(tenant, out var cached) && !_cache.TryUpdate(tenant, cached with { Use = cached.Use.With(more) }, cached))
        {
            // Other usage was added at the same time. Try again.
        }
    }

    public async Task<UsageReport> ReportAsync(TenantId tenant, TenantSettings settings, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var tenants = await OptionsAsync(tenant, await plans.ApplyAsync(tenant, options, ct), ct);
        await using var db = await database.BeginAsync(tenant, ct);
        var use = await UsageMeter.ThisMonthAsync(db, now, ct);
        var statuses = CeilingStatus.Of(use, settings, tenants);
        var unpriced = use.Unpriced(tenants).Concat(tenants.ChatModel is { } chat && !tenants.KnowsPriceOf(chat) ? [chat] : []);
        var from = UsageMeter.MonthOf(now);
        return new UsageReport(
            from,
            from.AddMonths(1),
            statuses.Max(status => status.Usage.State),
            At(CeilingStatus.Messages),
            At(CeilingStatus.Tokens),
            use.InputTokens,
            use.OutputTokens,
            use.EstimatedTokens,
            At(CeilingStatus.ModelSpend),
            [.. unpriced.Distinct(StringComparer.Ordinal)],
            At(CeilingStatus.VideoMinutes),
            At(CeilingStatus.VoiceMinutes),
            At(CeilingStatus.SpeechCharacters),
            use.Minutes(UsageMeter.Transcription));

        MonthlyUsage At(string ceiling) => statuses.Single(status => status.Name == ceiling).Usage;
    }

    // A tenant's own chat model replaces the installation's.
    private async ValueTask<BudgetOptions> OptionsAsync(TenantId tenant, BudgetOptions plan, CancellationToken ct) =>
        await models.FindAsync(tenant, ModelPurpose.Chat, ct) is { } own ? plan with { ChatModel = own.Model } : plan;

    private async ValueTask<MonthlyUse> UseAsync(TenantId tenant, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (_cache.TryGetValue(tenant, out var cached)
            && now - cached.At < CacheLifetime
            && UsageMeter.MonthOf(cached.At) == UsageMeter.MonthOf(now))
        {
            return cached.Use;
        }

        await using var db = await database.BeginAsync(tenant, ct);
        var use = await UsageMeter.ThisMonthAsync(db, now, ct);
        if (_cache.Count >= MaxCachedTenants) _cache.Clear();
        _cache[tenant] = new CachedUse(use, now);
        return use;
    }

    // Logs each ceiling and state once a month. Whichever node inserts the row first logs it.
    private async Task WarnAsync(TenantId tenant, IReadOnlyList<CeilingStatus> statuses, CancellationToken ct)
    {
        var month = DateOnly.FromDateTime(UsageMeter.MonthOf(clock.GetUtcNow()).UtcDateTime);
        foreach (var (name, usage) in statuses)
        {
            if (usage.State == BudgetState.Ok || _loggedWarnings.ContainsKey((tenant, month, name, usage.State))) continue;
            await using var db = await database.BeginAsync(tenant, ct);
            var state = usage.State switch { BudgetState.Warning => "warning", BudgetState.Reached => "reached", _ => "price_unknown" };
            await using var insert = db.Command(
                "insert into usage_warnings (tenant_id, month, ceiling, state) values ($1, $2, $3, $4) on conflict do nothing",
                [tenant.Value, month, name, state]);
            var isFirst = await insert.ExecuteNonQueryAsync(ct) == 1;
            await db.CommitAsync(ct);
            if (_loggedWarnings.Count >= MaxCachedTenants) _loggedWarnings.Clear();
            _loggedWarnings[(tenant, month, name, usage.State)] = true;
            if (isFirst) Log(tenant, name, usage);
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
        Message = "Tenant {Tenant} has used more than 80 % of this month's {Ceiling}: {Used} of {Limit}")]
    private partial void LogNear(TenantId tenant, string ceiling, decimal? used, decimal? limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tenant {Tenant} has reached this month's ceiling on {Ceiling}: {Used} of {Limit}")]
    private partial void LogReached(TenantId tenant, string ceiling, decimal? used, decimal? limit);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Tenant {Tenant} has a ceiling on model spend, but the price of a model is unknown, so its answers quote their sources. "
            + "Set WIDGET_MODEL_PRICES")]
    private partial void LogPriceUnknown(TenantId tenant);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Reading the usage of tenant {Tenant} failed; its ceilings are not enforced for now")]
    private partial void LogUnchecked(Exception exception, TenantId tenant);

    private sealed record CachedUse(MonthlyUse Use, DateTimeOffset At);
}
