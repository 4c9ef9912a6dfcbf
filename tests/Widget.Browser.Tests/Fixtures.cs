using Widget.Browser.Tests;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(DemoInstallation))]
[assembly: AssemblyFixture(typeof(ModelInstallation))]
[assembly: AssemblyFixture(typeof(Chromium))]
[assembly: AssemblyFixture(typeof(FullChromium))]
// Two classes at a time, because tests mostly wait for servers and timers. tests/README.md says what a test must observe.
[assembly: CollectionBehavior(typeof(ClassesByInstallation), MaxParallelThreads = 2)]
[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Widget.Browser.Tests;

/// <summary>
/// What ./run starts without any key: answers quote their sources. Each test changes only its own tenants, so tests may run at the same
/// time.
/// </summary>
public sealed class DemoInstallation() : Installation(withModel: false);

/// <summary>
/// The same with a language model and with Tavus. Both are simulated, and a test sets how they behave, so the classes that use it run one
/// after the other.
/// </summary>
public sealed class ModelInstallation() : Installation(withModel: true);

/// <summary>Puts the classes that use the <see cref="ModelInstallation"/> into one collection, and each other class into its own.</summary>
public sealed class ClassesByInstallation(IXunitTestAssembly assembly) : TestCollectionFactoryBase(assembly)
{
    public const string WithModel = "with a model";

    public override string DisplayName => "classes by installation";

    protected override IXunitTestCollection GetDefaultTestCollection(Type testClass)
    {
        var usesModel = testClass.GetConstructors()
            .Any(constructor => constructor.GetParameters().Any(parameter => parameter.ParameterType == typeof(ModelInstallation)));
        return new XunitTestCollection(TestAssembly, null, disableParallelization: false, usesModel ? WithModel : testClass.FullName!);
    }
}

/// <summary>The classes that measure times. They run after all others.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;

/// <summary>Starts the collections that take longest first, so that none of them runs alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : Xunit.Sdk.ITestCollection =>
        [
            .. testCollections.OrderByDescending(collection => collection.TestCollectionDisplayName switch
            {
                ClassesByInstallation.WithModel => 2,
                var name when name.EndsWith($".{nameof(LimitsShould)}", StringComparison.Ordinal) => 1,
                _ => 0,
            }),
        ];
}
