namespace Widget.Api.Tests.Fixtures;

/// <summary>
/// The classes that run one after the other once all others are done. They measure times, load the machine, or listen to spans,
/// metrics or statements, which all classes of the process share.
/// </summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone : ICollectionFixture<ApiFixture>;
