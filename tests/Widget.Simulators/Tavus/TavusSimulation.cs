namespace Widget.Simulators.Tavus;

/// <summary>How the simulated Tavus goes about calls, callbacks and documents (<c>PUT /control/tavus/behavior</c>), until it is told otherwise.</summary>
public sealed record TavusSimulation
{
    /// <summary>How many of its seconds pass in one of ours. For timers that are set from then on.</summary>
    public double SecondsPerSecond { get; init; } = 1;

    /// <summary>Our milliseconds before each answer of the API.</summary>
    public int ApiDelayMs { get; init; }

    /// <summary>Its seconds from the creation of a call until the replica is in the room.</summary>
    public double ReplicaJoinsAfter { get; init; } = 0.3;

    public bool ReplicaNeverJoins { get; init; }

    /// <summary>Its seconds from the end of a call until the transcript and the rest are there.</summary>
    public double PostCallSeconds { get; init; } = 0.5;

    /// <summary>Tells of a recording when the call let itself be recorded.</summary>
    public bool Records { get; init; } = true;

    /// <summary>What is seen in perception analyses; null for none.</summary>
    public string? PerceptionAnalysis { get; init; } = "The visitor looked at the camera and smiled twice.";

    /// <summary>Its seconds from a document's being made to its being ready.</summary>
    public double DocumentSeconds { get; init; } = 0.5;

    /// <summary>Documents end in this error.</summary>
    public string? DocumentError { get; init; }

    /// <summary>Its seconds of training a replica.</summary>
    public double TrainingSeconds { get; init; } = 2;

    /// <summary>Trainings end in this error.</summary>
    public string? TrainingError { get; init; }

    /// <summary>Callbacks that are due together come in any order.</summary>
    public bool ShuffleCallbacks { get; init; }

    /// <summary>Each callback comes this many times more.</summary>
    public int DuplicateCallbacks { get; init; }

    /// <summary>Wait before each callback, in our milliseconds.</summary>
    public int CallbackDelayMs { get; init; }

    /// <summary>The share of callbacks that never come, 0 to 1.</summary>
    public double CallbackLoss { get; init; }

    /// <summary>Where chance begins, so that it can be repeated.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Refuses addresses of this machine, as the real one does. Off, since tests have no others.</summary>
    public bool RefuseLoopback { get; init; }

    /// <summary>The key for verbose utterances; newer accounts say pal where older ones say replica.</summary>
    public string ReplicaRole { get; init; } = "replica";

    /// <summary>
    /// Without a custom model, the avatar answers questions with the persona's tool whose name ends in this: one that is attached, or one that is
    /// written into the persona, which is called in the old way, without an id. Null for an avatar that only repeats what it is asked.
    /// </summary>
    public string? LooksUpWith { get; init; }

    /// <summary>Requests that a custom model gets while somebody still speaks, all but the last given up.</summary>
    public int Speculations { get; init; } = 3;

    /// <summary>Our milliseconds between those.</summary>
    public int SpeculationGapMs { get; init; } = 20;

    /// <summary>The header that carries the conversation's id to a custom model; null for none, since its name is not documented.</summary>
    public string? ConversationHeader { get; init; }
}

/// <summary>Something that goes wrong with requests to the API (<c>POST /control/tavus/faults</c>).</summary>
public sealed record TavusFailure
{
    /// <summary>Method and path after <c>/v2/</c>, with * for anything: <c>POST conversations</c>, <c>POST conversations/*/end</c>, <c>*</c>.</summary>
    public required string On { get; init; }

    /// <summary>How often.</summary>
    public int Times { get; init; } = 1;

    /// <summary>
    /// status (refuse with <see cref="Status"/>), hang (never answer), cut (do it and break off in the middle of the answer), lost (do it and hang up without an
    /// answer), late (do it and never answer), body (say <see cref="Body"/> and do nothing), huge (do it and add <see cref="Padding"/> bytes).
    /// </summary>
    public string Mode { get; init; } = "status";

    public int Status { get; init; } = 500;

    public string? Body { get; init; }

    public int? RetryAfterSeconds { get; init; }

    public int Padding { get; init; } = 20_000_000;

    /// <summary>The key of the only account that it happens to.</summary>
    public string? Account { get; init; }
}
