using Widget.Platform.Tenancy;

namespace Widget.Api.Usage;

/// <summary>
/// What a tenant's month has left for calls of one kind. A call keeps free what it may last, until it is known how long it was.
/// </summary>
internal static class CallBudget
{
    /// <summary>Until the transaction ends, nobody else spends of this tenant's budget.</summary>
    /// <param name="db">The transaction that reserves.</param>
    /// <param name="kind">One of <see cref="UsageMeter"/>'s kinds.</param>
    /// <param name="ct">Ends the wait.</param>
    public static Task LockAsync(TenantDb db, string kind, CancellationToken ct) => db.LockAsync($"{kind} budget", ct);

    /// <summary>How long a call may last, in seconds; null when that is too little.</summary>
    /// <param name="db">The transaction; where it reserves, <see cref="LockAsync"/> comes first.</param>
    /// <param name="kind">One of <see cref="UsageMeter"/>'s kinds.</param>
    /// <param name="monthlyMinutes">What the tenant allows itself in a month; null for no limit.</param>
    /// <param name="longest">And for one call, in seconds.</param>
    /// <param name="shortest">A call that would be shorter is not worth opening.</param>
    /// <param name="reserved">Seconds that the calls that are going on keep free.</param>
    /// <param name="now">The moment.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task<int?> LongestCallAsync(
        TenantDb db, string kind, int? monthlyMinutes, int longest, int shortest, Func<Task<long>> reserved, DateTimeOffset now, CancellationToken ct)
    {
        if (monthlyMinutes is not { } minutes) return longest;
        // In this order: a call that ends in between is then counted in both, never in neither.
        var kept = await reserved();
        var used = await UsageMeter.SecondsThisMonthAsync(db, kind, now, ct);
        var left = Math.Min(longest, (minutes * 60L) - used - kept);
        return left >= shortest ? (int)left : null;
    }
}
