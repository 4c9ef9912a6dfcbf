using Widget.Browser.Tests;

[assembly: AssemblyFixture(typeof(DemoInstallation))]
[assembly: AssemblyFixture(typeof(ModelInstallation))]
[assembly: AssemblyFixture(typeof(Chromium))]
// Two cores carry one browser and what it talks to.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Widget.Browser.Tests;

/// <summary>What ./run starts without any key: answers quote their sources.</summary>
public sealed class DemoInstallation() : Installation(withModel: false);

/// <summary>The same with a language model and with Tavus, played by the simulators, which may be as slow as a test likes.</summary>
public sealed class ModelInstallation() : Installation(withModel: true);
