using Widget.Platform.Tenancy;

namespace Widget.Api.Usage;

/// <summary>
/// What is left of a tenant's monthly minutes for one kind of call. A call reserves its longest duration until its real duration is known.
/// </summary>
internal static class CallBudget
{
    /// <summary>Locks the tenant's budget until the transaction ends.</summary>
    /// <param name="db">The transaction that reserves.</param>
    /// <param name="kind">One of <see cref="UsageMeter"/>'s kinds.</param>
    /// <param name="ct">Ends the wait.</param>
    public static Task LockAsync(TenantDb db, string kind, CancellationToken ct) => db.LockAsync($"{kind} budget", ct);

    /// <summary>How long a new call may last, in seconds; null when that would be too short.</summary>
    /// <param name="db">The transaction. To reserve, call <see cref="LockAsync"/> first.</param>
    /// <param name="kind">One of <see cref="UsageMeter"/>'s kinds.</param>
    /// <param name="monthlyMinutes">The tenant's minutes a month; null for no limit.</param>
    /// <param name="longest">The longest call, in seconds.</param>
    /// <param name="shortest">The shortest call that is worth opening, in seconds.</param>
    /// <param name="reserved">Reads the seconds that current calls have reserved.</param>
    /// <param name="now">The current time.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task<int?> LongestCallAsync(
        TenantDb db,
        string kind,
        int? monthlyMinutes,
        int longest,
        int shortest,
        Func<Task<long>> reserved,
        DateTimeOffset now,
        CancellationToken ct)
    {
        if (monthlyMinutes is not { } minutes) return longest;
        // In this order, a call that ends in between is counted twice rather than not at all.
        var kept = await reserved();
        var used = await UsageMeter.SecondsThisMonthAsync(db, kind, now, ct);
        var left = Math.Min(longest, (minutes * 60L) - used - kept);
        return left >= shortest ? (int)left : null;
    }
}
