using Xunit.v3;

// Most tests wait for something, so a few classes run at the same time. tests/README.md says what that asks of a test.
[assembly: Xunit.CollectionBehavior(typeof(Widget.Api.Tests.Fixtures.ClassesSideBySide), MaxParallelThreads = 6)]

namespace Widget.Api.Tests.Fixtures;

/// <summary>
/// Makes each test class a separate collection, so that classes run at the same time. Each class that uses an <see cref="ApiFixture"/>
/// gets its own. A class that must run alone has the attribute <c>[Collection(typeof(Alone))]</c>.
/// </summary>
public sealed class ClassesSideBySide(IXunitTestAssembly assembly) : TestCollectionFactoryBase(assembly)
{
    public override string DisplayName => "classes side by side";

    protected override IXunitTestCollection GetDefaultTestCollection(Type testClass)
    {
        var usesApi = testClass.GetConstructors()
            .Any(constructor => constructor.GetParameters().Any(parameter => parameter.ParameterType == typeof(ApiFixture)));
        return new XunitTestCollection(TestAssembly, usesApi ? typeof(WithApi) : null, disableParallelization: false, testClass.FullName!);
    }

    private sealed class WithApi : ICollectionFixture<ApiFixture>;
}
