using Widget.Platform.Outbound;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Search;

/// <summary>Whether a knowledge base may be called now.</summary>
/// <param name="IsAllowed">Whether the circuit is closed.</param>
/// <param name="IsTrial">Whether the pause is over and this caller, as the only one, makes a trial call.</param>
/// <param name="Reason">The last failure and its age, in plain words; null when <paramref name="IsAllowed"/> is true.</param>
public readonly record struct Admission(bool IsAllowed, bool IsTrial, string? Reason);

/// <summary>
/// The circuit breakers of searches: one <see cref="CircuitBreaker"/> for each kind of service, in it one circuit for each tenant and
/// service. The first failure opens a circuit, so that a service that is down costs its time limit once.
/// </summary>
/// <param name="registry">Holds the breakers of this node.</param>
/// <param name="capacity">Maximum number of open circuits for each kind of service.</param>
public sealed class CircuitBreakers(CircuitBreakerRegistry registry, int capacity = 10_000)
{
    // A wrong key or id stays wrong until a person corrects it.
    private static readonly TimeSpan ConfigurationPause = TimeSpan.FromMinutes(1);

    public CircuitBreakers(TimeProvider clock, int capacity = 10_000)
        : this(new CircuitBreakerRegistry(clock), capacity)
    {
    }

    /// <summary>How many circuits are open.</summary>
    public int Count => registry.ReadOpen().Sum(reading => reading.Open);

    /// <summary>The settings of the breaker for a kind of service: a knowledge base's name, or "reranker".</summary>
    public static BreakerSettings Settings(string kind) => new($"search {kind}")
    {
        FailureThreshold = 1,
        FirstPause = TimeSpan.FromSeconds(5),
        MaxPause = TimeSpan.FromMinutes(10),
    };

    /// <summary>Checks whether a service may be called now.</summary>
    /// <param name="tenant">The tenant whose service it is.</param>
    /// <param name="service">The service. Its first word is its kind.</param>
    public Admission Admit(TenantId tenant, string service)
    {
        var status = Breaker(service).Check(Account(tenant, service));
        return status.State == CircuitState.Closed
            ? new Admission(IsAllowed: true, IsTrial: false, Reason: null)
            : new Admission(
                IsAllowed: false,
                IsTrial: status.State == CircuitState.HalfOpen,
                $"not asked, it failed {status.SinceFailure.TotalSeconds:0} s ago ({status.Reason})");
    }

    public void RecordSuccess(TenantId tenant, string service) => Breaker(service).RecordSuccess(Account(tenant, service));

    /// <param name="tenant">The tenant whose service it is.</param>
    /// <param name="service">The service.</param>
    /// <param name="fault">The kind of failure. It determines the length of the first pause.</param>
    /// <param name="reason">The failure in words, for traces.</param>
    /// <param name="retryAfter">The pause that the service asks for.</param>
    public void RecordFailure(TenantId tenant, string service, KnowledgeFault fault, string reason, TimeSpan? retryAfter = null) =>
        Breaker(service).RecordFailure(Account(tenant, service), reason, FirstPause(fault), retryAfter);

    /// <summary>5 s, or a minute for a fault in the configuration, doubled with each failure in a row; at most ten minutes.</summary>
    internal static TimeSpan PauseAfter(KnowledgeFault fault, int failures, TimeSpan? retryAfter) =>
        Settings("").PauseAfter(failures, FirstPause(fault), retryAfter);

    private static TimeSpan? FirstPause(KnowledgeFault fault) => fault == KnowledgeFault.Configuration ? ConfigurationPause : null;

    private static string Account(TenantId tenant, string service) => $"{tenant} {service}";

    private CircuitBreaker Breaker(string service) => registry.Get(Settings(service.Split(' ', 2)[0]) with { Capacity = capacity });
}
