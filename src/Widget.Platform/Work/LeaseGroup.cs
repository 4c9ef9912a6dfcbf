using System.Collections.Concurrent;

namespace Widget.Platform.Work;

/// <summary>The leases that a node holds on many pieces of work at once. One statement renews them all.</summary>
/// <typeparam name="TKey">Identifies a piece of work.</typeparam>
/// <typeparam name="TWork">A piece of work in progress.</typeparam>
public sealed class LeaseGroup<TKey, TWork>(LeaseTimes times, TimeProvider clock)
    where TKey : notnull
    where TWork : class
{
    private readonly ConcurrentDictionary<TKey, TWork> _held = [];

    public int Count => _held.Count;

    public ICollection<TWork> Items => _held.Values;

    /// <summary>
    /// Adds work whose lease this node holds. Returns false if this node already does the work: after the database was unreachable and the
    /// lease expired, a node may claim its own work again.
    /// </summary>
    public bool TryAdd(TKey key, TWork work) => _held.TryAdd(key, work);

    public TWork? Find(TKey key) => _held.GetValueOrDefault(key);

    public void Remove(TKey key) => _held.TryRemove(key, out _);

    /// <summary>Renews the leases until cancelled. A failed renewal is reported and retried.</summary>
    /// <param name="renew">Renews the leases on these keys and returns those that this node still holds.</param>
    /// <param name="lose">Cancels work whose lease another node holds.</param>
    /// <param name="expire">
    /// Cancels work whose lease has expired because renewal fails; null when the work continues until another node claims it.
    /// </param>
    /// <param name="report">Called for every exception.</param>
    /// <param name="ct">Ends the renewal.</param>
    public async Task KeepAsync(
        Func<IReadOnlyCollection<TKey>, CancellationToken, Task<IReadOnlySet<TKey>>> renew,
        Func<TWork, Task> lose,
        Func<TWork, Task>? expire,
        Action<Exception> report,
        CancellationToken ct)
    {
        using var timer = new PeriodicTimer(times.Renewal, clock);
        var renewedAt = clock.GetTimestamp();
        while (await NextAsync(timer, ct))
        {
            // The statement may miss work that is added while it runs, so look only at what is held now.
            var held = _held.ToArray();
            var startedAt = clock.GetTimestamp();
            try
            {
                if (held.Length > 0) await RenewAsync(held);
                renewedAt = startedAt;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                report(e is OperationCanceledException ? new TimeoutException("The database has not answered within the lease.", e) : e);
                if (expire is null || clock.GetElapsedTime(renewedAt) + times.Renewal <= times.Length) continue;
                foreach (var (_, work) in held) await expire(work);
            }
        }

        async Task RenewAsync(KeyValuePair<TKey, TWork>[] held)
        {
            // A database that does not answer must not keep the work going for longer than the leases last.
            using var timeout = new CancellationTokenSource(times.Length - times.Renewal, clock);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
            var stillHeld = await renew(Array.ConvertAll(held, pair => pair.Key), linked.Token);
            foreach (var (key, work) in held)
            {
                // Work that is no longer in the group has just ended.
                if (!stillHeld.Contains(key) && ReferenceEquals(Find(key), work)) await lose(work);
            }
        }
    }

    // False when cancelled.
    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken ct)
    {
        try
        {
            return await timer.WaitForNextTickAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
