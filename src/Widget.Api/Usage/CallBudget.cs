using Widget.Platform.Tenancy;

namespace Widget.Api.Usage;

/// <summary>
/// Calculates how many of a tenant's monthly minutes remain for one kind of call. A call reserves its maximum duration until its real
/// duration is known.
/// </summary>
internal static class CallBudget
{
    /// <summary>Locks the tenant's budget until the transaction ends.</summary>
    /// <param name="db">The transaction that reserves minutes.</param>
    /// <param name="kind">One of <see cref="UsageMeter"/>'s kinds.</param>
    /// <param name="ct">Ends the wait.</param>
    public static Task LockAsync(TenantDb db, string kind, CancellationToken ct) => db.LockAsync($"{kind} budget", ct);

    /// <summary>Returns how long a new call may last, in seconds. Null if too few minutes remain.</summary>
    /// <param name="db">The transaction. Call <see cref="LockAsync"/> first if it reserves minutes.</param>
    /// <param name="kind">One of <see cref="UsageMeter"/>'s kinds.</param>
    /// <param name="monthlyMinutes">The tenant's minutes per month. Null for no limit.</param>
    /// <param name="maxSeconds">Maximum duration of a call, in seconds.</param>
    /// <param name="minSeconds">Minimum duration for which a call may be opened, in seconds.</param>
    /// <param name="readReserved">Reads the seconds that current calls have reserved.</param>
    /// <param name="now">The current time.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task<int?> MaxCallSecondsAsync(
        TenantDb db,
        string kind,
        int? monthlyMinutes,
        int maxSeconds,
        int minSeconds,
        Func<Task<long>> readReserved,
        DateTimeOffset now,
        CancellationToken ct)
    {
        if (monthlyMinutes is not { } minutes) return maxSeconds;
        // The reserved seconds are read first. So a call that ends between the two queries is counted twice rather than not at all.
        var reserved = await readReserved();
        var used = await UsageMeter.SecondsThisMonthAsync(db, kind, now, ct);
        var remaining = Math.Min(maxSeconds, (minutes * 60L) - used - reserved);
        return remaining >= minSeconds ? (int)remaining : null;
    }
}
