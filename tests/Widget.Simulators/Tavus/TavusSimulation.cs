namespace Widget.Simulators.Tavus;

/// <summary>How the simulated Tavus handles calls, callbacks and documents (<c>PUT /control/tavus/behavior</c>).</summary>
public sealed record TavusSimulation
{
    /// <summary>How many of Tavus's seconds pass in one real second. Applies to timers that start afterwards.</summary>
    public double SecondsPerSecond { get; init; } = 1;

    /// <summary>Delay of each API response, in real milliseconds.</summary>
    public int ApiDelayMs { get; init; }

    /// <summary>Tavus's seconds from the creation of a call until the replica joins.</summary>
    public double ReplicaJoinsAfter { get; init; } = 0.3;

    public bool ReplicaNeverJoins { get; init; }

    /// <summary>Tavus's seconds from the end of a call until its transcript and reports are ready.</summary>
    public double PostCallSeconds { get; init; } = 0.5;

    /// <summary>Reports a recording if the call enabled it.</summary>
    public bool Records { get; init; } = true;

    /// <summary>The text of perception analyses; null for none.</summary>
    public string? PerceptionAnalysis { get; init; } = "The visitor looked at the camera and smiled twice.";

    /// <summary>Tavus's seconds from the creation of a document until it is ready.</summary>
    public double DocumentSeconds { get; init; } = 0.5;

    /// <summary>Documents fail with this error.</summary>
    public string? DocumentError { get; init; }

    /// <summary>Tavus's seconds to train a replica.</summary>
    public double TrainingSeconds { get; init; } = 2;

    /// <summary>Trainings fail with this error.</summary>
    public string? TrainingError { get; init; }

    /// <summary>Sends callbacks that are due together in random order.</summary>
    public bool ShuffleCallbacks { get; init; }

    /// <summary>Sends each callback this many extra times.</summary>
    public int DuplicateCallbacks { get; init; }

    /// <summary>Delay of each callback, in real milliseconds.</summary>
    public int CallbackDelayMs { get; init; }

    /// <summary>The share of callbacks that are dropped, 0 to 1.</summary>
    public double CallbackLoss { get; init; }

    /// <summary>The seed of the random numbers, so that a run can be repeated.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Rejects loopback addresses, as Tavus does. Off by default, because tests have no others.</summary>
    public bool RefuseLoopback { get; init; }

    /// <summary>The key of verbose utterances: newer accounts use pal, older ones replica.</summary>
    public string ReplicaRole { get; init; } = "replica";

    /// <summary>
    /// Without a custom model, the avatar answers questions with the persona's tool whose name ends in this text: an attached tool, or one
    /// defined inline, which is called in the old way, without an id. Null for an avatar that only repeats the question.
    /// </summary>
    public string? LooksUpWith { get; init; }

    /// <summary>How many requests a custom model gets while the visitor is still speaking. All but the last are cancelled.</summary>
    public int Speculations { get; init; } = 3;

    /// <summary>Real milliseconds between these requests.</summary>
    public int SpeculationGapMs { get; init; } = 20;

    /// <summary>The header that carries the conversation's id to a custom model; null for none. Its name is not documented.</summary>
    public string? ConversationHeader { get; init; }
}

/// <summary>A simulated fault of the API (<c>POST /control/tavus/faults</c>).</summary>
public sealed record TavusFailure
{
    /// <summary>
    /// Method and path after <c>/v2/</c>, with * as a wildcard: <c>POST conversations</c>, <c>POST conversations/*/end</c>, <c>*</c>.
    /// </summary>
    public required string On { get; init; }

    /// <summary>How many times.</summary>
    public int Times { get; init; } = 1;

    /// <summary>
    /// status (refuse with <see cref="Status"/>), hang (never answer), cut (do it and break off in the middle of the response), lost (do it
    /// and disconnect without a response), late (do it and never answer), body (send <see cref="Body"/> and do nothing), huge (do it and
    /// add <see cref="Padding"/> bytes).
    /// </summary>
    public string Mode { get; init; } = "status";

    public int Status { get; init; } = 500;

    public string? Body { get; init; }

    public int? RetryAfterSeconds { get; init; }

    public int Padding { get; init; } = 20_000_000;

    /// <summary>The key of the only account that is affected.</summary>
    public string? Account { get; init; }
}
